#include "caf/aiomas/detail/type_name.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace caf::aiomas::detail {

std::string type_name(const std::type_info& type) {
  auto status = 0;
  std::unique_ptr<char, void (*)(void*)> name{
    abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free};
  return status == 0 ? name.get() : type.name();
}

std::string unqualified_type_name(const std::type_info& type) {
  auto name = type_name(type);
  // Template arguments may be qualified, too.
  auto end = name.find('<');
  auto colons = name.rfind("::", end);
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

} // namespace caf::aiomas::detail
