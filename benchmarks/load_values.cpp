#include "load_values.hpp"

#include "caf/aiomas/codec/json.hpp"

#include <cstddef>
#include <span>
#include <stdexcept>

namespace aiomas = caf::aiomas;

namespace load {

aiomas::value make_payload(const payload& what) {
  switch (what.what) {
    case payload::kind::text:
      return std::string(what.length, 'x');
    case payload::kind::bytes:
      return aiomas::byte_buffer(what.length, std::byte{'x'});
    case payload::kind::dict: {
      auto x = aiomas::json_codec::make()->decode(
        std::as_bytes(std::span{dict_payload}));
      if (!x)
        throw std::runtime_error{x.error().text};
      return std::move(*x);
    }
    default:
      return 42;
  }
}

std::string path_of(const plan& how, size_t agent) {
  return "agents/" + std::to_string(agent)
         + (how.work_us > 0 ? "/work" : "/service");
}

aiomas::list arguments_of(const plan& how, aiomas::value x) {
  aiomas::list result;
  if (how.work_us > 0)
    result.push_back(how.work_us);
  result.push_back(std::move(x));
  return result;
}

aiomas::codec_factory codec_of(const plan& how) {
  auto result = aiomas::codec_by_name(how.codec);
  if (!result)
    throw std::runtime_error{"unknown codec: " + how.codec + "; known are "
                             + aiomas::codec_names()};
  return result;
}

} // namespace load
