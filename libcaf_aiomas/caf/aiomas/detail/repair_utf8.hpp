#pragma once

#include <string>
#include <string_view>

namespace caf::aiomas::detail {

/// Returns `text` with each byte that is not part of well-formed UTF-8 replaced
/// by U+FFFD, so that every codec can encode it.
std::string repair_utf8(std::string_view text);

} // namespace caf::aiomas::detail
