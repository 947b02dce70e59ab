#include "caf/aiomas/codec.hpp"

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/codec/msgpack.hpp"
#include "caf/aiomas/codec/msgpack_blosc.hpp"
#include "caf/aiomas/defaults.hpp"

namespace caf::aiomas {

namespace {

// The default functions encode the triple as any other list, which must not
// count as a level of nesting.
class one_level_more {
public:
  explicit one_level_more(codec& target)
    : target_(target), limits_(target.limits()) {
    auto limits = limits_;
    if (limits.max_nesting < SIZE_MAX)
      ++limits.max_nesting;
    target.limits(limits);
  }

  one_level_more(const one_level_more&) = delete;

  one_level_more& operator=(const one_level_more&) = delete;

  ~one_level_more() {
    target_.limits(limits_);
  }

private:
  codec& target_;
  codec_limits limits_;
};

fault not_a_triple(const value& got) {
  std::string text = "expected a list of type, id and content, got ";
  if (auto xs = got.get_if<list>())
    text += "a list of " + std::to_string(xs->size());
  else
    text += python_type_name(got);
  return {errc::deserialization_error, std::move(text)};
}

struct known_codec {
  std::string_view name;
  std::unique_ptr<codec> (*make)();
};

constexpr known_codec known_codecs[] = {
  {"json", json_codec::make},
  {"msgpack", msgpack_codec::make},
  {"msgpack_blosc", msgpack_blosc_codec::make},
};

} // namespace

codec_limits::codec_limits() noexcept
  : max_nesting(defaults::max_nesting),
    max_values(defaults::max_values),
    max_size(defaults::max_payload) {
  // nop
}

codec::codec() = default;

codec::~codec() = default;

outcome<void> codec::encode_message(int64_t type, const value& id,
                                    const value& content, byte_buffer& out,
                                    shared_pieces*) {
  one_level_more guard{*this};
  return encode(list{type, id, content}, out);
}

decoded_message codec::decode_message(std::span<const std::byte> in,
                                      const std::shared_ptr<const void>&) {
  decoded_message result;
  one_level_more guard{*this};
  auto decoded = decode(in);
  if (!decoded) {
    result.error = std::move(decoded).error();
    return result;
  }
  auto triple = decoded->get_if<list>();
  if (triple == nullptr || triple->size() != 3) {
    result.is_triple = false;
    result.error = not_a_triple(*decoded);
    return result;
  }
  auto& xs = *triple;
  result.head = decoded_message::header{std::move(xs[0]), std::move(xs[1])};
  result.content = std::move(xs[2]);
  return result;
}

codec_factory codec_by_name(std::string_view name) {
  for (auto& known : known_codecs)
    if (known.name == name)
      return known.make;
  return {};
}

std::string codec_names() {
  std::string result;
  for (auto& known : known_codecs)
    result.append(result.empty() ? "" : ", ").append(known.name);
  return result;
}

} // namespace caf::aiomas
