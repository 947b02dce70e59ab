#define CAF_SUITE convert

#include "caf/aiomas/convert.hpp"

#include "caf/test/dsl.hpp"

#include <cmath>
#include <limits>

using namespace caf::aiomas;

namespace {

enum class color : uint8_t { red, green, blue };

enum class level : int8_t { low = -1, high = 1 };

struct point {
  int x;
  int y;
};

bool operator==(const point& lhs, const point& rhs) {
  return lhs.x == rhs.x && lhs.y == rhs.y;
}

struct only_sent {};

// Neither copyable nor default constructible.
struct ticket {
  explicit ticket(int x) : id(x) {
    // nop
  }

  ticket(ticket&&) = default;

  int id;
};

} // namespace

namespace caf::aiomas {

template <>
struct enum_conversion<color> {
  static constexpr enum_name<color> names[] = {
    {color::red, "red"},
    {color::green, "green"},
  };
};

template <>
struct enum_conversion<level> : enum_as_integer {};

template <>
struct converter<point> {
  static value to_value(point p) {
    return dict{{"x", p.x}, {"y", p.y}};
  }

  static outcome<point> from_value(value x) {
    auto xs = aiomas::from_value<std::map<std::string, int>>(std::move(x));
    if (!xs)
      return std::move(xs).error();
    return point{(*xs)["x"], (*xs)["y"]};
  }
};

template <>
struct converter<only_sent> {
  static value to_value(only_sent) {
    return {};
  }
};

template <>
struct converter<ticket> {
  static outcome<ticket> from_value(value x) {
    auto id = aiomas::from_value<int>(std::move(x));
    if (!id)
      return std::move(id).error();
    return ticket{*id};
  }
};

} // namespace caf::aiomas

namespace {

// What comes back if `x` is converted to a value and back again.
template <class T>
bool survives(T x) {
  auto result = from_value<T>(to_value(x));
  return result && *result == x;
}

template <class T>
std::string error(value x) {
  auto result = from_value<T>(std::move(x));
  if (result)
    return "none";
  return to_string(result.error());
}

template <class T>
bool is(value x, const T& expected) {
  auto result = from_value<T>(std::move(x));
  return result && *result == expected;
}

} // namespace

CAF_TEST(types) {
  CAF_CHECK(convertible_to_value<int>);
  CAF_CHECK(convertible_to_value<const std::string&>);
  CAF_CHECK(convertible_to_value<const char(&)[4]>);
  CAF_CHECK(convertible_to_value<std::vector<const char*>>);
  CAF_CHECK(!convertible_from_value<std::vector<const char*>>);
  CAF_CHECK(!convertible_from_value<std::string_view>);
  CAF_CHECK(!convertible_to_value<char>);
  CAF_CHECK(!convertible_from_value<char32_t>);
  CAF_CHECK(!convertible_to_value<void*>);
  CAF_CHECK((!convertible_to_value<std::map<std::string, void*>>) );
  CAF_CHECK(convertible_to_value<only_sent>);
  CAF_CHECK(!convertible_from_value<only_sent>);
  CAF_CHECK(convertible_to_value<std::vector<std::optional<only_sent>>>);
  CAF_CHECK(!convertible_from_value<std::vector<std::optional<only_sent>>>);
  CAF_CHECK((convertible_from_value<std::tuple<ticket, int>>) );
  CAF_CHECK((!convertible_to_value<std::tuple<ticket, int>>) );
}

CAF_TEST(scalars) {
  CAF_CHECK(survives(true));
  CAF_CHECK(survives(std::string{"text"}));
  CAF_CHECK(survives(byte_buffer{std::byte{1}}));
  CAF_CHECK(survives(null_t{}));
  CAF_CHECK(survives(1.5f));
  CAF_CHECK(survives(value{dict{{1, 2}}}));
  CAF_CHECK(survives(list{1, "a"}));
  CAF_CHECK(survives(dict{{1, "a"}}));
  CAF_CHECK_EQUAL(to_value("text"), value{"text"});
  CAF_CHECK_EQUAL(to_value(std::string_view{"text"}), value{"text"});
  CAF_CHECK_EQUAL(error<std::string>(1), "type_error: expected str, got int");
  CAF_CHECK_EQUAL(error<bool>(1), "type_error: expected bool, got int");
  CAF_CHECK_EQUAL(error<null_t>(false), "type_error: expected None, got bool");
  CAF_CHECK_EQUAL(error<byte_buffer>("x"),
                  "type_error: expected bytes, got str");
  CAF_CHECK_EQUAL(error<list>(dict{}), "type_error: expected list, got dict");
  CAF_CHECK_EQUAL(error<dict>(nullptr), "type_error: expected dict, got None");
}

CAF_TEST(integers keep to their range) {
  auto check_limits = []<class T>(T) {
    using limits = std::numeric_limits<T>;
    CAF_CHECK(survives(limits::min()));
    CAF_CHECK(survives(limits::max()));
    if constexpr (sizeof(T) < sizeof(int64_t)) {
      CAF_CHECK_NOT_EQUAL(error<T>(int64_t{limits::max()} + 1), "none");
      CAF_CHECK_NOT_EQUAL(error<T>(int64_t{limits::min()} - 1), "none");
    }
  };
  check_limits(int8_t{});
  check_limits(uint8_t{});
  check_limits(int16_t{});
  check_limits(uint16_t{});
  check_limits(int32_t{});
  check_limits(uint32_t{});
  check_limits(int64_t{});
  check_limits(uint64_t{});
  check_limits(static_cast<long long>(0));
  check_limits(static_cast<unsigned long long>(0));
  CAF_CHECK_EQUAL(error<int8_t>(300),
                  "type_error: expected an integer from -128 to 127, got 300");
  CAF_CHECK_EQUAL(error<uint16_t>(-1),
                  "type_error: expected an integer from 0 to 65535, got -1");
  CAF_CHECK_EQUAL(error<int64_t>(UINT64_MAX),
                  "type_error: expected an integer from -9223372036854775808 "
                  "to 9223372036854775807, got 18446744073709551615");
  CAF_CHECK_EQUAL(error<uint64_t>(-1),
                  "type_error: expected an integer from 0 to "
                  "18446744073709551615, got -1");
  CAF_CHECK_EQUAL(error<uint32_t>(UINT64_MAX),
                  "type_error: expected an integer from 0 to 4294967295, got "
                  "18446744073709551615");
  CAF_CHECK_EQUAL(error<int>(1.0), "type_error: expected int, got float");
  CAF_CHECK_EQUAL(error<int>(true), "type_error: expected int, got bool");
  CAF_CHECK_EQUAL(error<unsigned>("1"), "type_error: expected int, got str");
}

CAF_TEST(floats take integers) {
  CAF_CHECK(is(3, 3.0));
  CAF_CHECK(is(UINT64_MAX, 18446744073709551616.0));
  CAF_CHECK(is(-2, -2.0f));
  CAF_CHECK(is(HUGE_VAL, HUGE_VALF));
  CAF_CHECK_EQUAL(error<double>(true), "type_error: expected float, got bool");
  CAF_CHECK_EQUAL(error<double>("1"), "type_error: expected float, got str");
  CAF_CHECK_EQUAL(error<float>(1e300),
                  "type_error: expected a float from -3.4028234663852886e+38 "
                  "to 3.4028234663852886e+38, got 1e+300");
  auto x = from_value<float>(value{std::nan("")});
  CAF_REQUIRE(x);
  CAF_CHECK(std::isnan(*x));
}

CAF_TEST(lists) {
  CAF_CHECK(survives(std::vector{1, 2, 3}));
  CAF_CHECK(survives(std::vector{true, false}));
  CAF_CHECK(survives(std::vector<std::vector<std::string>>{{"a"}, {}}));
  CAF_CHECK(survives(std::array{1, 2, 3}));
  CAF_CHECK(survives(std::array<int, 0>{}));
  CAF_CHECK(survives(std::pair{1, std::string{"a"}}));
  CAF_CHECK(survives(std::tuple{1, std::string{"a"}, 2.5}));
  CAF_CHECK(survives(std::tuple<>{}));
  CAF_CHECK_EQUAL(to_value(std::tuple{1, "a"}), value(list{1, "a"}));
  CAF_CHECK_EQUAL(error<std::vector<int>>("x"),
                  "type_error: expected list, got str");
  CAF_CHECK_EQUAL((error<std::array<int, 2>>(list{1, 2, 3})),
                  "type_error: expected a list of 2, got a list of 3");
  CAF_CHECK_EQUAL((error<std::tuple<int, int>>(list{1})),
                  "type_error: expected a list of 2, got a list of 1");
  CAF_CHECK_EQUAL((error<std::pair<int, int>>(1)),
                  "type_error: expected a list of 2, got int");
}

CAF_TEST(errors tell the position) {
  CAF_CHECK_EQUAL(error<std::vector<std::string>>(list{"a", "b", "c", 4, 5}),
                  "type_error: element 3: expected str, got int");
  CAF_CHECK_EQUAL((error<std::tuple<int, bool, int>>(list{1, 2, "x"})),
                  "type_error: element 1: expected bool, got int");
  CAF_CHECK_EQUAL((error<std::map<std::string, std::vector<int8_t>>>(
                    dict{{"a", list{}}, {"b", list{1, 300}}})),
                  "type_error: key 'b': element 1: expected an integer from "
                  "-128 to 127, got 300");
  CAF_CHECK_EQUAL((error<std::map<int, int>>(dict{{1, 1}, {"2", 2}})),
                  "type_error: key '2': expected int, got str");
}

CAF_TEST(dicts) {
  CAF_CHECK((survives(std::map<std::string, int>{{"a", 1}, {"b", 2}})));
  CAF_CHECK((survives(std::unordered_map<int, double>{{1, 1.5}})));
  CAF_CHECK((survives(std::map<std::pair<int, int>, bool>{{{1, 2}, true}})));
  CAF_CHECK((survives(std::map<bool, std::map<std::string, list>>{
    {true, {{"x", list{1}}}},
  })));
  CAF_CHECK_EQUAL((error<std::map<std::string, int>>(list{})),
                  "type_error: expected dict, got list");
}

CAF_TEST(optionals) {
  CAF_CHECK(survives(std::optional<int>{}));
  CAF_CHECK(survives(std::optional<int>{1}));
  CAF_CHECK(survives(std::vector<std::optional<std::string>>{"a", {}}));
  CAF_CHECK(to_value(std::optional<int>{}).is_null());
  CAF_CHECK_EQUAL(error<std::optional<int>>("x"),
                  "type_error: expected int, got str");
}

CAF_TEST(variants take the first alternative that fits) {
  using int_first = std::variant<int, double, std::string, list>;
  using double_first = std::variant<double, int>;
  CAF_CHECK(is(1, int_first{1}));
  CAF_CHECK(is(1.0, int_first{1.0}));
  CAF_CHECK(is("x", int_first{"x"}));
  CAF_CHECK(is(list{list{1}}, int_first{list{list{1}}}));
  CAF_CHECK(is(1, double_first{1.0}));
  CAF_CHECK((is(nullptr, std::variant<null_t, int>{})));
  CAF_CHECK_EQUAL(to_value(int_first{"x"}), value{"x"});
  CAF_CHECK_EQUAL((error<std::variant<int8_t, std::string>>(300)),
                  "type_error: expected an integer from -128 to 127, got 300; "
                  "or expected str, got int");
  CAF_MESSAGE("each reason once");
  CAF_CHECK_EQUAL((error<std::variant<int64_t, uint64_t, double>>("x")),
                  "type_error: expected int, got str; or expected float, got "
                  "str");
  CAF_CHECK_EQUAL((error<std::variant<double, int, float>>("x")),
                  "type_error: expected float, got str; or expected int, got "
                  "str");
}

CAF_TEST(enums) {
  CAF_CHECK(survives(color::green));
  CAF_CHECK(survives(level::low));
  CAF_CHECK_EQUAL(to_value(color::red), value{"red"});
  CAF_CHECK_EQUAL(to_value(color::blue), value{2});
  CAF_CHECK_EQUAL(to_value(level::low), value{-1});
  CAF_CHECK_EQUAL(error<color>("blue"),
                  "type_error: expected one of red, green, got 'blue'");
  CAF_CHECK_EQUAL(error<color>(0),
                  "type_error: expected one of red, green, got 0");
  CAF_CHECK_EQUAL(error<level>(200),
                  "type_error: expected an integer from "
                  "-128 to 127, got 200");
}

CAF_TEST(types of users) {
  CAF_CHECK(survives(point{1, 2}));
  CAF_CHECK(survives(std::vector{point{1, 2}, point{3, 4}}));
  CAF_CHECK_EQUAL(error<std::vector<point>>(list{dict{{"x", "1"}}}),
                  "type_error: element 0: key 'x': expected int, got str");
  auto tickets = from_value<std::vector<ticket>>(value{list{7}});
  CAF_REQUIRE(tickets);
  CAF_CHECK_EQUAL(tickets->front().id, 7);
  auto pair = from_value<std::pair<ticket, int>>(value{list{8, 9}});
  CAF_REQUIRE(pair);
  CAF_CHECK_EQUAL(pair->first.id, 8);
}

CAF_TEST(strings and lists are moved) {
  std::vector<std::string> texts;
  texts.emplace_back(100, 'x');
  auto data = texts.front().data();
  auto y = to_value(std::move(texts));
  CAF_CHECK(y.get_if<list>()->front().get_if<std::string>()->data() == data);
  auto z = from_value<std::vector<std::string>>(std::move(y));
  CAF_REQUIRE(z);
  CAF_CHECK(z->front().data() == data);
}
