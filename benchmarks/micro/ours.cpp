#include "encoded.hpp"
#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec.hpp"

#include <memory>
#include <string>

using namespace caf::aiomas;

namespace micro {

namespace {

size_t size_of(const std::string& format, const message& what) {
  return encoded(plain_format(format), what).size();
}

// A connection, too, appends to a buffer that it uses again.
void measure_encode(const std::string& format, const sample& from) {
  measure("encode/" + format + "/aiomas/" + from.name, [format, from] {
    auto what = from.make();
    auto size = size_of(format, what);
    auto run = [how = codec_by_name(format)(), what = std::move(what),
                out = byte_buffer{}]() mutable {
      out.clear();
      encode(*how, what, out);
      return out.data();
    };
    return job{size, std::move(run)};
  });
}

void measure_decode(const std::string& format, const sample& from,
                    bool shared) {
  auto who = shared ? "/aiomas_shared/" : "/aiomas/";
  measure("decode/" + format + who + from.name, [format, from, shared] {
    auto what = from.make();
    auto in = std::make_shared<const byte_buffer>(encoded(format, what));
    auto owner = shared ? in : nullptr;
    auto run = [how = codec_by_name(format)(), in, owner] {
      return how->decode_message(*in, owner);
    };
    return job{size_of(format, what), std::move(run)};
  });
}

void measure_all(const std::string& format, const sample& from) {
  measure_encode(format, from);
  measure_decode(format, from, false);
}

} // namespace

void register_ours() {
  for (auto format : {"json", "msgpack", "msgpack_blosc"})
    for (auto& from : records)
      measure_all(format, from);
  measure_all("json", large_text);
  for (auto format : {"msgpack", "msgpack_blosc"}) {
    measure_all(format, large_bytes);
    measure_decode(format, large_bytes, true);
  }
  measure_all("msgpack_blosc", large_array);
  measure_decode("msgpack_blosc", large_array, true);
}

} // namespace micro
