#include "caf/aiomas/detail/interned_text.hpp"

#include <functional>
#include <utility>

namespace caf::aiomas::detail {

class interned_text::content final : public interned {
public:
  explicit content(std::string what)
    : interned(typeid(content)), text(std::move(what)) {
    // nop
  }

  const std::string text;

private:
  size_t hash() const noexcept override {
    return std::hash<std::string>{}(text);
  }

  bool equals(const interned& other) const noexcept override {
    return text == static_cast<const content&>(other).text;
  }
};

interned_text::interned_text(std::string text) {
  if (!text.empty())
    content_ = interned::share({new content(std::move(text)), false});
}

const std::string& interned_text::get() const noexcept {
  static const std::string none;
  return content_ ? static_cast<const content&>(*content_).text : none;
}

} // namespace caf::aiomas::detail
