#include "caf/aiomas/codec/writer_base.hpp"

namespace caf::aiomas::detail {

bool writer_base::fail(errc code, std::string text) {
  failure_ = fault{code, std::move(text)};
  return false;
}

bool writer_base::check_utf8(std::string_view text) {
  auto pos = utf8_valid_prefix(text);
  return pos == text.size()
         || fail(errc::serialization_error,
                 "string is not valid UTF-8 from its byte "
                   + std::to_string(pos) + " on");
}

bool writer_base::fail_nesting() {
  return fail(errc::serialization_error,
              "nested deeper than " + std::to_string(limits_.max_nesting));
}

bool writer_base::fail_key() {
  failure_ = looks_like_object();
  return false;
}

bool writer_base::fail_size() {
  return fail(errc::message_too_large, "message is longer than "
                                         + std::to_string(limits_.max_size)
                                         + " bytes");
}

} // namespace caf::aiomas::detail
