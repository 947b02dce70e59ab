#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec.hpp"

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

using namespace caf::aiomas;

namespace micro {

namespace {

std::shared_ptr<codec> make_codec(const std::string& name) {
  return codec_by_name(name)();
}

byte_buffer encoded(codec& how, const message& what) {
  byte_buffer result;
  auto ok = how.encode_message(what.type, what.id, what.content, result);
  if (!ok)
    throw std::runtime_error(to_string(ok.error()));
  auto decoded = how.decode_message(result);
  if (decoded.error || decoded.content != what.content)
    throw std::runtime_error(what.name + " does not come back");
  return result;
}

// How many bytes count: those of the message before Blosc has compressed them.
size_t size_of(const std::string& format, const message& what) {
  auto plain = make_codec(format == "json" ? "json" : "msgpack");
  return encoded(*plain, what).size();
}

// A connection, too, appends to a buffer that it uses again.
void measure_encode(const std::string& format, const message& what) {
  auto how = make_codec(format);
  encoded(*how, what);
  auto out = std::make_shared<byte_buffer>();
  measure("encode/" + format + "/aiomas/" + what.name, size_of(format, what),
          [how, what, out] {
            out->clear();
            auto ok
              = how->encode_message(what.type, what.id, what.content, *out);
            if (!ok)
              std::abort();
            return out->data();
          });
}

void measure_decode(const std::string& format, const message& what,
                    bool shared) {
  auto how = make_codec(format);
  auto in = std::make_shared<const byte_buffer>(encoded(*how, what));
  auto who = shared ? "/aiomas_shared/" : "/aiomas/";
  std::shared_ptr<const void> owner;
  if (shared)
    owner = in;
  measure("decode/" + format + who + what.name, size_of(format, what),
          [how, in, owner] { return how->decode_message(*in, owner); });
}

void measure_all(const std::string& format, const message& what) {
  measure_encode(format, what);
  measure_decode(format, what, false);
}

} // namespace

void register_ours() {
  for (auto format : {"json", "msgpack", "msgpack_blosc"})
    for (auto& what : records())
      measure_all(format, what);
  measure_all("json", large_text());
  for (auto format : {"msgpack", "msgpack_blosc"}) {
    measure_all(format, large_bytes());
    measure_decode(format, large_bytes(), true);
  }
  measure_all("msgpack_blosc", large_array());
  measure_decode("msgpack_blosc", large_array(), true);
}

} // namespace micro
