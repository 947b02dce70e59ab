#[[
Finds the C++ Actor Framework where it comes without a CMake package, such as
version 0.17.6 from Debian's libcaf-dev.

  find_package(CAF 0.17.6 EXACT REQUIRED COMPONENTS core io)

Components: core (always), io. Looks into CAF_ROOT first, which may be relative to
the top source folder. Defines the imported targets CAF::core and CAF::io, and

  CAF_FOUND, CAF_VERSION
  CAF_INSTRUMENTED_FOR_TSAN   whether libcaf_core was built with -fsanitize=thread
]]

include(FindPackageHandleStandardArgs)

if(CAF_ROOT)
  cmake_path(ABSOLUTE_PATH CAF_ROOT BASE_DIRECTORY "${CMAKE_SOURCE_DIR}")
endif()

# Not cached: a later run must see that CAF_ROOT has changed or was filled.
find_path(CAF_INCLUDE_DIR caf/config.hpp NO_CACHE)

unset(CAF_VERSION)
if(CAF_INCLUDE_DIR)
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" caf_version_line
    REGEX "^#define CAF_VERSION [0-9]+")
  # Two digits each for minor and patch: 1706 is 0.17.6.
  if(caf_version_line MATCHES "CAF_VERSION 0*([0-9]*)([0-9][0-9])([0-9][0-9])")
    math(EXPR caf_major "0${CMAKE_MATCH_1}" OUTPUT_FORMAT DECIMAL)
    math(EXPR caf_minor "1${CMAKE_MATCH_2} - 100")
    math(EXPR caf_patch "1${CMAKE_MATCH_3} - 100")
    set(CAF_VERSION "${caf_major}.${caf_minor}.${caf_patch}")
  endif()
endif()

set(caf_libraries)
foreach(component IN ITEMS core ${CAF_FIND_COMPONENTS})
  string(TOUPPER "${component}" upper)
  find_library(CAF_${upper}_LIBRARY caf_${component} NO_CACHE)
  if(CAF_${upper}_LIBRARY)
    set(CAF_${component}_FOUND TRUE)
  endif()
endforeach()

find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR CAF_VERSION
  VERSION_VAR CAF_VERSION
  HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE
    "On Debian, CAF 0.17.6 is in the package libcaf-dev. Set CAF_ROOT to use one from elsewhere.")

if(NOT CAF_FOUND)
  return()
endif()

foreach(component IN ITEMS core ${CAF_FIND_COMPONENTS})
  string(TOUPPER "${component}" upper)
  if(CAF_${component}_FOUND AND NOT TARGET CAF::${component})
    add_library(CAF::${component} UNKNOWN IMPORTED)
    set_target_properties(CAF::${component} PROPERTIES
      IMPORTED_LOCATION "${CAF_${upper}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
    if(NOT component STREQUAL "core")
      set_property(TARGET CAF::${component}
        PROPERTY INTERFACE_LINK_LIBRARIES CAF::core)
    endif()
  endif()
endforeach()

find_package(Threads QUIET)
if(TARGET Threads::Threads)
  set_property(TARGET CAF::core
    PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()

set(CAF_INSTRUMENTED_FOR_TSAN FALSE)
if(CMAKE_NM)
  execute_process(
    COMMAND "${CMAKE_NM}" -D --undefined-only "${CAF_CORE_LIBRARY}"
    OUTPUT_VARIABLE caf_symbols ERROR_QUIET)
  if(caf_symbols MATCHES "__tsan_")
    set(CAF_INSTRUMENTED_FOR_TSAN TRUE)
  endif()
endif()

if(NOT CAF_FIND_QUIETLY)
  message(STATUS "Using CAF ${CAF_VERSION}: ${CAF_CORE_LIBRARY}, headers in "
    "${CAF_INCLUDE_DIR}, for ThreadSanitizer: ${CAF_INSTRUMENTED_FOR_TSAN}")
endif()
