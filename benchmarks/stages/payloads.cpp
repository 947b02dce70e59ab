#include "payloads.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/framing.hpp"
#include "caf/aiomas/session.hpp"

#include <map>
#include <utility>

using namespace caf::aiomas;

namespace stages {

namespace {

constexpr size_t text_size = 1024;

template <class T>
exposed echo(tally& count) {
  return expose(function_name, [&count](T x) {
    count.add();
    return x;
  });
}

value number() {
  return 4711;
}

value text() {
  return std::string(text_size, 'x');
}

value floats() {
  return dict{{"voltage", 230.25},
              {"current", 3.5},
              {"frequency", 50.02},
              {"energy", -4915.125}};
}

byte_buffer encoded(const std::string& format, message_type type,
                    const value& content) {
  byte_buffer result;
  auto ok = codec_by_name(format)()->encode_message(static_cast<int64_t>(type),
                                                    1, content, result);
  require(static_cast<bool>(ok), "a message cannot be encoded");
  return result;
}

byte_buffer in_frames(const byte_buffer& payload) {
  byte_buffer result;
  for (size_t i = 0; i < depth; ++i) {
    auto where = begin_frame(result);
    result.insert(result.end(), payload.begin(), payload.end());
    require(static_cast<bool>(end_frame(result, where, payload.size())),
            "a frame is too long");
  }
  return result;
}

} // namespace

const std::array<payload, 3> payloads{{
  {"int", number, echo<int64_t>},
  {"string", text, echo<std::string>},
  {"dict", floats, echo<std::map<std::string, double>>},
}};

const std::array<const char*, 2> formats{"json", "msgpack"};

std::string name_of(const std::string& stage, const std::string& format,
                    const payload& what) {
  return stage + "/" + format + "/" + what.name;
}

std::string path_of(size_t agent) {
  return "agents/" + std::to_string(agent) + "/" + function_name;
}

arguments arguments_of(const payload& what) {
  return {list{what.make()}, dict{}};
}

byte_buffer request(const std::string& format, const payload& what) {
  return encoded(format, message_type::request,
                 list{path_of(0), list{what.make()}, dict{}});
}

byte_buffer requests(const std::string& format, const payload& what) {
  return in_frames(request(format, what));
}

byte_buffer replies(const std::string& format, const payload& what) {
  return in_frames(encoded(format, message_type::result, what.make()));
}

} // namespace stages
