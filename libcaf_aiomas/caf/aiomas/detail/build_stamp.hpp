#pragma once

#include "caf/aiomas/version.hpp"

#include <caf/config.hpp>

#define AIOMAS_DETAIL_TEXT_OF(x) #x
#define AIOMAS_DETAIL_TEXT(x) AIOMAS_DETAIL_TEXT_OF(x)

namespace caf::aiomas::detail {

/// Everything that must be the same in a plug-in and in the program that loads
/// it, since they exchange C++ objects.
inline constexpr const char build_stamp[]
  = "libcaf_aiomas " CAF_AIOMAS_VERSION ", CAF " AIOMAS_DETAIL_TEXT(
    CAF_VERSION) ", C++ ABI " AIOMAS_DETAIL_TEXT(__GXX_ABI_VERSION)
#ifdef _GLIBCXX_RELEASE
    " of libstdc++"
#  if _GLIBCXX_USE_CXX11_ABI == 0
    " with old strings"
#  endif
#else
    " of another library"
#endif
#ifdef _GLIBCXX_DEBUG
    ", debug mode"
#endif
#if defined(__SANITIZE_ADDRESS__)
    ", address sanitizer"
#elif defined(__SANITIZE_THREAD__)
    ", thread sanitizer"
#endif
  ;

} // namespace caf::aiomas::detail
