#include "caf/aiomas/detail/description.hpp"

namespace caf::aiomas::detail {

size_t description::hash() const noexcept {
  return signature_.hash();
}

bool description::equals(const interned& other) const noexcept {
  auto& x = static_cast<const description&>(other);
  return signature_ == x.signature_ && identity_ == x.identity_;
}

description_ptr share_description(description_ptr made) {
  return made->signature_.is_plain() ? intern(std::move(made)) : made;
}

} // namespace caf::aiomas::detail
