#include "caf/aiomas/codec/writer_base.hpp"

#include "caf/aiomas/detail/utf8.hpp"

namespace caf::aiomas::detail {

bool writer_base::fail(errc code, std::string text) {
  failure_ = fault{code, std::move(text)};
  return false;
}

bool writer_base::check_nesting(size_t depth) {
  if (depth <= limits_.max_nesting)
    return true;
  return fail(errc::serialization_error,
              "nested deeper than " + std::to_string(limits_.max_nesting));
}

bool writer_base::check_text(std::string_view text) {
  if (!check_room(text.size()))
    return false;
  auto pos = utf8_valid_prefix(text);
  return pos == text.size()
         || fail(errc::serialization_error,
                 "string is not valid UTF-8 from its byte "
                   + std::to_string(pos) + " on");
}

bool writer_base::check_keys(const dict& xs) {
  if (types_->accepts_keys(xs))
    return true;
  auto checked = types_->check_keys(xs);
  return checked || fail(checked.error().code, checked.error().text);
}

bool writer_base::fail_size() {
  return fail(errc::message_too_large, "message is longer than "
                                         + std::to_string(limits_.max_size)
                                         + " bytes");
}

} // namespace caf::aiomas::detail
