#pragma once

#include <string>
#include <string_view>
#include <typeinfo>

namespace caf::aiomas::detail {

/// Returns the name of a type as it stands in the source.
std::string type_name(const std::type_info& type);

/// Returns the same without its namespaces.
std::string unqualified_type_name(const std::type_info& type);

} // namespace caf::aiomas::detail
