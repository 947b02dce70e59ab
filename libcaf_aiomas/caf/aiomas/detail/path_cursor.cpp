#include "caf/aiomas/detail/path_cursor.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

fault name_not_found(std::string_view name, std::string_view where) {
  return {errc::lookup_error, "Name \"" + std::string{name}
                                + "\" not found in \"" + std::string{where}
                                + "\""};
}

fault not_callable(std::string_view class_name) {
  return {errc::type_error,
          "'" + std::string{class_name} + "' object is not callable"};
}

std::string_view path_cursor::next() noexcept {
  last_ = next_;
  auto end = std::min(path_.find('/', last_), path_.size());
  next_ = end + 1;
  return path_.substr(last_, end - last_);
}

fault path_cursor::not_found() const {
  auto name = path_.substr(last_, next_ - 1 - last_);
  return name_not_found(name, path_.substr(0, last_ == 0 ? 0 : last_ - 1));
}

} // namespace caf::aiomas::detail
