#include "encoded.hpp"

#include <stdexcept>

using namespace caf::aiomas;

namespace micro {

void encode(codec& how, const message& what, byte_buffer& out) {
  auto ok = how.encode_message(what.type, what.id, what.content, out);
  if (!ok)
    throw std::runtime_error(to_string(ok.error()));
}

byte_buffer encoded(const std::string& format, const message& what) {
  byte_buffer result;
  auto how = codec_by_name(format)();
  encode(*how, what, result);
  auto decoded = how->decode_message(result);
  if (decoded.error || decoded.content != what.content)
    throw std::runtime_error("the message does not come back");
  return result;
}

std::string plain_format(const std::string& format) {
  return format == "json" ? "json" : "msgpack";
}

} // namespace micro
