#define CAF_SUITE descriptor_limit

#include "caf/aiomas/detail/descriptor_limit.hpp"

#include "caf/test/dsl.hpp"

#include <cstdint>
#include <limits>
#include <optional>

#include <sys/resource.h>

using namespace caf::aiomas::detail;

namespace {

constexpr auto most = std::numeric_limits<size_t>::max();

bool warns(std::optional<uint64_t> limit, size_t connections) {
  return descriptor_warning(limit, connections).has_value();
}

} // namespace

CAF_TEST(limits that are high enough) {
  CAF_CHECK(!warns(2048, 1024));
  CAF_CHECK(!warns(1024, 1024));
  CAF_CHECK(!warns(0, 0));
  CAF_CHECK(!warns(std::numeric_limits<uint64_t>::max(), 1024));
  CAF_MESSAGE("no limit");
  CAF_CHECK(!warns(std::nullopt, most));
}

CAF_TEST(limits that are too low) {
  CAF_CHECK(warns(1023, 1024));
  CAF_CHECK(warns(0, 1));
  CAF_CHECK(warns(1'000'000, most));
}

CAF_TEST(the text) {
  CAF_CHECK_EQUAL(descriptor_warning(1000, 1024).value_or("nothing"),
                  "at most 1000 files can be open, which is too few for 1024 "
                  "connections: raise the limit (ulimit -n), or lower "
                  "max-connections");
}

CAF_TEST(the limit of this process) {
  rlimit before{};
  CAF_REQUIRE_EQUAL(::getrlimit(RLIMIT_NOFILE, &before), 0);
  auto lower = before;
  lower.rlim_cur = 100;
  CAF_REQUIRE_EQUAL(::setrlimit(RLIMIT_NOFILE, &lower), 0);
  CAF_CHECK(descriptor_limit() == uint64_t{100});
  CAF_REQUIRE_EQUAL(::setrlimit(RLIMIT_NOFILE, &before), 0);
}
