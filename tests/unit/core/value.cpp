#define CAF_SUITE value

#include "caf/aiomas/value.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <cmath>
#include <limits>

using namespace caf::aiomas;
using namespace std::literals;

namespace {

using kind = value::kind;

constexpr auto nan = std::numeric_limits<double>::quiet_NaN();

byte_buffer bytes_of(std::initializer_list<int> xs) {
  byte_buffer result;
  for (auto x : xs)
    result.push_back(static_cast<std::byte>(x));
  return result;
}

} // namespace

CAF_TEST(kinds) {
  CAF_CHECK(value{}.type() == kind::null);
  CAF_CHECK(value{nullptr}.is_null());
  CAF_CHECK(value{true}.type() == kind::boolean);
  CAF_CHECK(value{1}.type() == kind::integer);
  CAF_CHECK(value{1u}.type() == kind::integer);
  CAF_CHECK(value{INT64_MAX}.type() == kind::integer);
  CAF_CHECK(value{uint64_t{INT64_MAX}}.type() == kind::integer);
  CAF_CHECK(value{uint64_t{INT64_MAX} + 1}.type() == kind::uinteger);
  CAF_CHECK(value{1.0}.type() == kind::floating);
  CAF_CHECK(value{"text"}.type() == kind::string);
  CAF_CHECK(value{bytes_of({1})}.type() == kind::bytes);
  CAF_CHECK(value{list{}}.type() == kind::list);
  CAF_CHECK(value{dict{}}.type() == kind::dict);
  CAF_CHECK((value{tagged{1, 2}}.type() == kind::tagged));
  CAF_CHECK(value{object::make(1s)}.type() == kind::object);
  CAF_CHECK((!std::is_constructible_v<value, char>) );
}

CAF_TEST(equality) {
  CAF_CHECK(value{1} == value{1u});
  CAF_CHECK(value{1} != value{1.0});
  CAF_CHECK(value{1} != value{true});
  CAF_CHECK(value{0.0} == value{-0.0});
  CAF_CHECK(value{nan} != value{nan});
  CAF_CHECK((value{list{1, "a"}} == value{list{1, "a"}}));
  CAF_CHECK((value{tagged{1, "a"}} == value{tagged{1, "a"}}));
  CAF_CHECK((value{tagged{1, "a"}} != value{tagged{2, "a"}}));
  auto x = value{object::make("x"s)};
  CAF_CHECK(x == value{x});
  CAF_CHECK(x != value{object::make("x"s)});
}

CAF_TEST(copies are deep) {
  auto x = value{list{dict{{"a", 1}}}};
  auto y = x;
  (*y.get_if<list>())[0].get_if<dict>()->set("a", 2);
  CAF_CHECK_EQUAL(to_string(x), "[{'a': 1}]");
  CAF_CHECK_EQUAL(to_string(y), "[{'a': 2}]");
}

CAF_TEST(objects know their exact type) {
  auto x = value{object::make("x"s)};
  auto ptr = x.get_if<object>();
  CAF_REQUIRE(ptr != nullptr);
  CAF_REQUIRE(ptr->get_if<std::string>() != nullptr);
  CAF_CHECK_EQUAL(*ptr->get_if<std::string>(), "x");
  CAF_CHECK(ptr->get_if<int>() == nullptr);
}

CAF_TEST(dicts keep their order) {
  dict xs{{"z", 1}, {"a", 2}};
  xs.set("m", 3);
  xs.set("z", 4);
  xs["n"] = 5;
  CAF_CHECK_EQUAL(to_string(xs), "{'z': 4, 'a': 2, 'm': 3, 'n': 5}");
  CAF_CHECK(xs.erase("a"));
  CAF_CHECK(!xs.erase("a"));
  CAF_CHECK(xs.contains("m"));
  CAF_CHECK(xs.find("a") == nullptr);
  CAF_CHECK_EQUAL(xs.size(), 3u);
}

CAF_TEST(keys may be of any kind) {
  dict xs{{1, "int"}, {"1", "str"}, {1.0, "float"}, {list{1}, "list"}};
  CAF_CHECK_EQUAL(xs.size(), 4u);
  CAF_CHECK_EQUAL(*xs.find(value{1}), value{"int"});
  CAF_CHECK_EQUAL(*xs.find("1"), value{"str"});
  CAF_CHECK_EQUAL(*xs.find(value{list{1}}), value{"list"});
  CAF_CHECK(xs.find(value{nullptr}) == nullptr);
}

CAF_TEST(the last of equal keys wins where the first stood) {
  // Above and below the size from which on entries are sorted.
  for (auto fill : {0, 100}) {
    std::vector<dict::entry> entries;
    entries.emplace_back("first", 1);
    entries.emplace_back("twice", 2);
    for (auto i = 0; i < fill; ++i)
      entries.emplace_back("fill" + std::to_string(i), i);
    entries.emplace_back("twice", 3);
    entries.emplace_back(nan, 4);
    entries.emplace_back(nan, 5);
    entries.emplace_back(0.0, 6);
    entries.emplace_back(-0.0, 7);
    entries.emplace_back("twice", 8);
    entries.emplace_back("last", 9);
    auto xs = dict::from_entries(entries);
    CAF_CHECK_EQUAL(xs.size(), entries.size() - 3);
    auto i = xs.begin();
    CAF_CHECK((i[0] == dict::entry{"first", 1}));
    CAF_CHECK((i[1] == dict::entry{"twice", 8}));
    CAF_CHECK_EQUAL(*xs.find(value{0.0}), value{7});
    CAF_CHECK((xs.end()[-1] == dict::entry{"last", 9}));
    CAF_CHECK((xs.end()[-2] == dict::entry{0.0, 7}));
    CAF_CHECK_EQUAL(xs.end()[-3].second, value{5});
    CAF_CHECK_EQUAL(xs.end()[-4].second, value{4});
  }
}

CAF_TEST(a large number of keys takes no quadratic time) {
  constexpr auto n = 200000;
  std::vector<dict::entry> entries;
  for (auto i = 0; i < n; ++i)
    entries.emplace_back("a common prefix of all keys " + std::to_string(i), i);
  auto copy = entries;
  std::reverse(copy.begin(), copy.end());
  auto start = std::chrono::steady_clock::now();
  auto xs = dict::from_entries(std::move(entries));
  auto ys = dict::from_entries(std::move(copy));
  CAF_CHECK_EQUAL(xs.size(), static_cast<size_t>(n));
  CAF_CHECK(xs == ys);
  // Quadratic would be minutes.
  CAF_CHECK(std::chrono::steady_clock::now() - start < 20s);
}

CAF_TEST(dicts are equal in any order) {
  CAF_CHECK((dict{{"a", 1}, {"b", 2}} == dict{{"b", 2}, {"a", 1}}));
  CAF_CHECK((dict{{"a", 1}, {"b", 2}} != dict{{"b", 1}, {"a", 2}}));
  CAF_CHECK((dict{{"a", 1}, {"b", 2}} != dict{{"a", 1}, {"b", 3}}));
  CAF_CHECK((dict{{"a", 1}} != dict{{"a", 1}, {"b", 2}}));
  dict xs;
  dict ys;
  for (auto i = 0; i < 50; ++i) {
    xs.set(i, i);
    ys.set(49 - i, 49 - i);
  }
  CAF_CHECK(xs == ys);
  ys.set(7, 8);
  CAF_CHECK(xs != ys);
}

CAF_TEST(comparing deep dicts takes no exponential time) {
  auto nested = [](bool reverse) {
    value result;
    for (auto i = 0; i < 200; ++i)
      result = reverse ? value{dict{{"b", 1}, {"a", result}, {"c", 1}}}
                       : value{dict{{"a", result}, {"b", 1}, {"c", 1}}};
    return result;
  };
  CAF_CHECK(nested(false) == nested(true));
  CAF_CHECK(nested(false) == nested(false));
}

CAF_TEST(type names are those of Python) {
  auto name = [](value x) { return std::string{python_type_name(x)}; };
  CAF_CHECK_EQUAL(name(value{}), "NoneType");
  CAF_CHECK_EQUAL(name(value{true}), "bool");
  CAF_CHECK_EQUAL(name(value{UINT64_MAX}), "int");
  CAF_CHECK_EQUAL(name(value{1.5}), "float");
  CAF_CHECK_EQUAL(name(value{"x"}), "str");
  CAF_CHECK_EQUAL(name(value{bytes_of({})}), "bytes");
  CAF_CHECK_EQUAL(name(value{list{}}), "list");
  CAF_CHECK_EQUAL(name(value{dict{}}), "dict");
  CAF_CHECK_EQUAL(name(value{object::make(1)}), "object");
}

CAF_TEST(text of scalars) {
  auto text = [](value x) { return to_string(x); };
  CAF_CHECK_EQUAL(text(nullptr), "None");
  CAF_CHECK_EQUAL(text(true), "True");
  CAF_CHECK_EQUAL(text(INT64_MIN), "-9223372036854775808");
  CAF_CHECK_EQUAL(text(UINT64_MAX), "18446744073709551615");
  CAF_CHECK_EQUAL(text("it's"), "\"it's\"");
  CAF_CHECK_EQUAL(text("it's \"x\""), "'it\\'s \"x\"'");
  CAF_CHECK_EQUAL(text("a\\\n\t\r\x01\x7F"), "'a\\\\\\n\\t\\r\\x01\\x7f'");
  CAF_CHECK_EQUAL(text("\xC3\xA4\xF0\x9F\x98\x80"),
                  "'\xC3\xA4\xF0\x9F\x98\x80'");
  CAF_CHECK_EQUAL(text("\xC3(\xED\xA0\x80"), "'\\xc3(\\xed\\xa0\\x80'");
  CAF_CHECK_EQUAL(text(bytes_of({'a', 0, 255, '\''})), "b\"a\\x00\\xff'\"");
}

CAF_TEST(a value may become a part of itself) {
  value x = list{list{1, "a rather long text, not a short one"}, 2};
  x = std::move((*x.get_if<list>())[0]);
  CAF_CHECK_EQUAL(to_string(x), "[1, 'a rather long text, not a short one']");
  x = (*x.get_if<list>())[1];
  CAF_CHECK_EQUAL(to_string(x), "'a rather long text, not a short one'");
  auto& self = x;
  x = std::move(self);
  x = self;
  CAF_CHECK_EQUAL(to_string(x), "'a rather long text, not a short one'");
}

CAF_TEST(text of floats) {
  auto text = [](double x) { return to_string(value{x}); };
  CAF_CHECK_EQUAL(text(0.0), "0.0");
  CAF_CHECK_EQUAL(text(-0.0), "-0.0");
  CAF_CHECK_EQUAL(text(1.0), "1.0");
  CAF_CHECK_EQUAL(text(-2.5), "-2.5");
  CAF_CHECK_EQUAL(text(100.0), "100.0");
  CAF_CHECK_EQUAL(text(123.456), "123.456");
  CAF_CHECK_EQUAL(text(0.1), "0.1");
  CAF_CHECK_EQUAL(text(0.0001), "0.0001");
  CAF_CHECK_EQUAL(text(1e-5), "1e-05");
  CAF_CHECK_EQUAL(text(1.5e-7), "1.5e-07");
  CAF_CHECK_EQUAL(text(1e15), "1000000000000000.0");
  CAF_CHECK_EQUAL(text(1e16), "1e+16");
  CAF_CHECK_EQUAL(text(123456789012345680.0), "1.2345678901234568e+17");
  CAF_CHECK_EQUAL(text(9007199254740993.0), "9007199254740992.0");
  CAF_CHECK_EQUAL(text(5e-324), "5e-324");
  CAF_CHECK_EQUAL(text(-1.7976931348623157e308), "-1.7976931348623157e+308");
  CAF_CHECK_EQUAL(text(nan), "nan");
  CAF_CHECK_EQUAL(text(-HUGE_VAL), "-inf");
}

CAF_TEST(text of containers) {
  CAF_CHECK_EQUAL(to_string(value{dict{{"a", list{1, 2.5, nullptr}}}}),
                  "{'a': [1, 2.5, None]}");
  CAF_CHECK_EQUAL(to_string(value{dict{{1, dict{}}, {nullptr, list{}}}}),
                  "{1: {}, None: []}");
  CAF_CHECK_EQUAL(to_string(value{tagged{3, "agents/0"}}),
                  "<object of type 3: 'agents/0'>");
  CAF_CHECK_EQUAL(to_string(value{object::make(1)}), "<int object>");
}
