#pragma once

#include "caf/aiomas/outcome.hpp"

#include <string>
#include <string_view>

namespace caf::aiomas::detail {

/// Says that nothing is called `name` in the object at the path `where`, as the
/// original does.
fault name_not_found(std::string_view name, std::string_view where);

/// Says that an object of class `class_name` is no function.
fault not_callable(std::string_view class_name);

/// Takes the names of a path one after the other. Refers to the path.
class path_cursor {
public:
  explicit path_cursor(std::string_view path) noexcept : path_(path) {
    // nop
  }

  /// Takes the next name. Even an empty path has one, which is empty.
  std::string_view next() noexcept;

  /// Whether there is a further name.
  bool has_next() const noexcept {
    return next_ <= path_.size();
  }

  /// Everything from the next name on, if there is one.
  std::string_view rest() const noexcept {
    return has_next() ? path_.substr(next_) : std::string_view{};
  }

  /// Says that the name that was taken last does not exist.
  fault not_found() const;

private:
  std::string_view path_;
  size_t last_ = 0; // where the name that was taken last begins
  size_t next_ = 0; // where the next one does; beyond the end if there is none
};

} // namespace caf::aiomas::detail
