#define CAF_SUITE message_types

#include "fixture.hpp"

#include "caf/aiomas/local_ref.hpp"
#include "caf/aiomas/message_types.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <limits>
#include <vector>

namespace {

struct fixture : system_fixture {
  template <class T>
  std::vector<char> save(const T& x) {
    std::vector<char> result;
    binary_serializer sink{sys, result};
    if (auto failed = sink(const_cast<T&>(x)))
      CAF_FAIL(describe(failed));
    return result;
  }

  template <class T>
  error load(const std::vector<char>& bytes, T& x) {
    binary_deserializer source{sys, bytes};
    return source(x);
  }

  value copy(const value& x) {
    value result;
    if (auto failed = load(save(x), result))
      CAF_FAIL(describe(failed));
    return result;
  }
};

value nested(size_t depth) {
  value result;
  for (size_t i = 0; i < depth; ++i)
    result = list{std::move(result)};
  return result;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(message_types_tests, fixture)

CAF_TEST(values of each kind) {
  std::vector<value> all{
    nullptr,
    true,
    -1,
    std::numeric_limits<uint64_t>::max(),
    2.5,
    "text \xc3\xa4",
    byte_buffer(100'000, std::byte{7}),
    byte_buffer{},
    list{},
    list{1, list{"x"}, dict{{"k", nullptr}}},
    dict{{1, "one"}, {"1", 1.0}, {nullptr, false}},
    tagged{7, list{1}},
  };
  for (auto& x : all) {
    auto y = copy(x);
    CAF_CHECK_EQUAL(x, y);
    CAF_CHECK_EQUAL(x.type() == y.type(), true);
  }
}

CAF_TEST(invocations) {
  invocation x{"sub/f", 1, "two", kw("three", 3.0)};
  x.timeout = 5s;
  invocation y;
  auto failed = load(save(x), y);
  CAF_CHECK(!failed);
  CAF_CHECK_EQUAL(to_string(x), to_string(y));
  CAF_CHECK(y.timeout == x.timeout);
  x.timeout.reset();
  failed = load(save(x), y);
  CAF_CHECK(!failed);
  CAF_CHECK(!y.timeout);
}

CAF_TEST(objects stay in their process) {
  std::vector<char> bytes;
  binary_serializer sink{sys, bytes};
  auto x = to_value(local_ref{});
  auto failed = sink(x);
  CAF_CHECK_EQUAL(code_of(failed), errc::serialization_error);
}

CAF_TEST(what other nodes send is checked) {
  value x;
  CAF_MESSAGE("every truncation");
  auto bytes = save(value{list{1, "two", dict{{"k", byte_buffer(3)}}}});
  for (size_t n = 0; n < bytes.size(); ++n) {
    std::vector<char> part(bytes.begin(), bytes.begin() + n);
    CAF_CHECK(load(part, x));
  }
  CAF_MESSAGE("an unknown kind");
  auto failed = load(std::vector<char>{127}, x);
  CAF_CHECK_EQUAL(code_of(failed), errc::deserialization_error);
  CAF_MESSAGE("a claim of 2^56 elements");
  std::vector<char> claim{static_cast<char>(value::kind::list)};
  claim.insert(claim.end(), {-1, -1, -1, -1, -1, -1, -1, 127});
  CAF_CHECK(load(claim, x));
  claim[0] = static_cast<char>(value::kind::bytes);
  CAF_CHECK(load(claim, x));
  CAF_MESSAGE("nesting");
  CAF_CHECK(!load(save(nested(64)), x));
  failed = load(save(nested(70)), x);
  CAF_CHECK_EQUAL(code_of(failed), errc::deserialization_error);
  CAF_MESSAGE("something else than an invocation");
  invocation y;
  failed = load(save(value{list{1, 2}}), y);
  CAF_CHECK_EQUAL(code_of(failed), errc::deserialization_error);
}

CAF_TEST_FIXTURE_SCOPE_END()
