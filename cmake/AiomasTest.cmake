# How tests are registered. See docs/testing.md.

set(timeout 60)
if(AIOMAS_SANITIZER)
  set(timeout 240)
endif()
set(AIOMAS_TEST_TIMEOUT ${timeout} CACHE STRING "Seconds that a test may take")

# Without an instrumented CAF, ThreadSanitizer reports races that are none, so
# tests with actors would say nothing.
set(AIOMAS_ACTOR_TESTS_RUN TRUE)
if(AIOMAS_SANITIZER STREQUAL "thread" AND NOT CAF_INSTRUMENTED_FOR_TSAN)
  set(AIOMAS_ACTOR_TESTS_RUN FALSE)
  message(STATUS "CAF is not instrumented: tests with actors will not be run. "
    "Use scripts/build-tsan-caf.")
endif()

# aiomas_add_test(<name> LABEL <label> COMMAND <command>...)
#
# Registers a test under `name` with one of the labels core, actors, interop,
# peer, faults, examples, tools, benchmarks or install.
function(aiomas_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "COMMAND")
  set(needs_no_caf core peer install)
  if(NOT AIOMAS_ACTOR_TESTS_RUN AND NOT arg_LABEL IN_LIST needs_no_caf)
    set(text "not run: CAF is not instrumented")
    add_test(NAME "${name}" COMMAND "${CMAKE_COMMAND}" -E echo "${text}")
    set_property(TEST "${name}" PROPERTY SKIP_REGULAR_EXPRESSION "${text}")
  else()
    add_test(NAME "${name}" COMMAND ${arg_COMMAND})
  endif()
  set_tests_properties("${name}" PROPERTIES
    LABELS "${arg_LABEL}" TIMEOUT ${AIOMAS_TEST_TIMEOUT})
endfunction()

# aiomas_add_suites(<target> <label> <sources>...)
#
# Registers each `#define CAF_SUITE x` in the sources as the test `label.x`. It
# prints each check (-v 4) and leaves the time limit to ctest (-r 0).
function(aiomas_add_suites target label)
  set(suites)
  foreach(source IN LISTS ARGN)
    file(STRINGS "${source}" defines REGEX "^#define CAF_SUITE ")
    file(STRINGS "${source}" tests REGEX "^ *CAF_TEST(_DISABLED)?\\(")
    if(tests AND NOT defines)
      message(FATAL_ERROR "${source} has tests but does not define CAF_SUITE.")
    endif()
    list(APPEND suites ${defines})
  endforeach()
  list(TRANSFORM suites REPLACE "^#define CAF_SUITE +([^ ]+).*" "\\1")
  list(REMOVE_DUPLICATES suites)
  foreach(suite IN LISTS suites)
    string(REPLACE "." "\\." pattern "${suite}")
    aiomas_add_test("${label}.${suite}" LABEL "${label}"
      COMMAND ${target} -n -v 4 -r 0 -s "^${pattern}$")
    # CAF's runner is content with a suite that does not exist and with a test
    # that checks nothing.
    set_property(TEST "${label}.${suite}" PROPERTY
      FAIL_REGULAR_EXPRESSION "suites: +0\n;tests: +0\n;-> 0 check ")
  endforeach()
  # A suite that is renamed must be registered anew.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
endfunction()
