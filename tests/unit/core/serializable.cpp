#define CAF_SUITE serializable

#include "caf/aiomas/serializable.hpp"

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/date_time.hpp"
#include "caf/aiomas/serializers.hpp"

#include "caf/test/dsl.hpp"

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace shapes {

struct point {
  int x = 0;
  double y = 0;

  bool operator==(const point&) const = default;
};

AIOMAS_SERIALIZABLE(point, x, y)

struct empty {
  bool operator==(const empty&) const = default;
};

AIOMAS_SERIALIZABLE(empty)

struct special_point : point {};

struct registered_point : point {};

AIOMAS_SERIALIZABLE(registered_point, y)

// Members that are objects themselves.
struct route {
  point start;
  std::vector<point> via;
  std::map<std::string, point> named;
  std::optional<point> end;
  caf::aiomas::date_time at;

  bool operator==(const route&) const = default;
};

AIOMAS_SERIALIZABLE(route, start, via, named, end, at)

// Private members, and a constructor instead of assignments.
class account {
public:
  account(std::string owner, int64_t cents)
    : owner(std::move(owner)), cents(cents) {
    // nop
  }

  bool operator==(const account&) const = default;

private:
  const std::string owner;
  int64_t cents;

  AIOMAS_SERIALIZABLE_MEMBERS(account, owner, cents)
};

// Neither a default constructor nor any other.
struct measurement {
  const int sensor;
  double reading;
};

AIOMAS_SERIALIZABLE(measurement, sensor, reading)

struct labelled {
  std::string text;
};

AIOMAS_SERIALIZABLE(labelled, text)

std::string to_string(const labelled& x) {
  return "<" + x.text + ">";
}

struct node {
  std::vector<node> children;
};

AIOMAS_SERIALIZABLE(node, children)

struct wide {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7,
    b8, b9, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6,
    d7, d8, d9;
};

AIOMAS_SERIALIZABLE(wide, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2,
                    b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7,
                    c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9)

struct opaque {
  int handle;
};

AIOMAS_OBJECT(opaque)

} // namespace shapes

namespace foreign {

struct pair_of_ints {
  int first_;
  int second_;
};

} // namespace foreign

template <>
struct caf::aiomas::serializable_traits<foreign::pair_of_ints> {
  static constexpr auto members = std::tuple{
    member{"first", &foreign::pair_of_ints::first_},
    member{"second", &foreign::pair_of_ints::second_},
  };
};

using namespace caf::aiomas;
using namespace shapes;

// -- what converts ------------------------------------------------------------

static_assert(convertible_to_value<point> && convertible_from_value<point>);
static_assert(convertible_to_value<empty> && convertible_from_value<empty>);
static_assert(convertible_to_value<std::vector<point>>);
static_assert(convertible_from_value<std::map<std::string, point>>);
static_assert(convertible_to_value<account> && convertible_from_value<account>);
static_assert(convertible_to_value<foreign::pair_of_ints>);
static_assert(convertible_to_value<opaque> && convertible_from_value<opaque>);
static_assert(!serializable<opaque>);

// Derived classes are others.
static_assert(!convertible_to_value<special_point>);
static_assert(!convertible_from_value<special_point>);
static_assert(!serializable<special_point>);
static_assert(convertible_to_value<registered_point>);

template <class T>
concept printable = requires(const T& x) {
  to_string(x);
};

static_assert(printable<point>);
static_assert(!printable<special_point>);

namespace {

template <class T>
std::string error_of(dict xs) {
  auto result = from_dict<T>(std::move(xs));
  CAF_REQUIRE(!result);
  CAF_CHECK(result.error().code == errc::type_error);
  return result.error().text;
}

const point one_two{1, 2.5};

std::string text_of(const value& x) {
  return to_string(x);
}

json_codec& with_types(json_codec& codec) {
  CAF_REQUIRE(codec.add_serializer(serializer<point>()));
  CAF_REQUIRE(codec.add_serializer(serializer<empty>()));
  CAF_REQUIRE(codec.add_serializer(serializer<route>()));
  CAF_REQUIRE(codec.add_serializer(date_serializer()));
  CAF_REQUIRE(codec.add_serializer(serializer<account>()));
  return codec;
}

std::string encode(codec& codec, const value& x) {
  byte_buffer out;
  if (auto ok = codec.encode(x, out); !ok)
    return to_string(ok.error());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

outcome<value> decode(codec& codec, std::string_view text) {
  return codec.decode(std::as_bytes(std::span{text.data(), text.size()}));
}

} // namespace

CAF_TEST(an object is a dict of its members in order) {
  CAF_CHECK_EQUAL(text_of(as_dict(one_two)), "{'x': 1, 'y': 2.5}");
  CAF_CHECK_EQUAL(text_of(as_dict(empty{})), "{}");
  CAF_CHECK_EQUAL(text_of(as_dict(foreign::pair_of_ints{1, 2})),
                  "{'first': 1, 'second': 2}");
  auto xs = as_dict(wide{});
  CAF_CHECK_EQUAL(xs.size(), 40u);
}

CAF_TEST(a dict makes an object) {
  auto x = from_dict<point>({{"y", 2.5}, {"x", 1}});
  CAF_REQUIRE(x);
  CAF_CHECK(*x == one_two);
  CAF_CHECK(from_dict<empty>({}));
  auto account = from_dict<shapes::account>({{"owner", "Ada"}, {"cents", 7}});
  CAF_REQUIRE(account);
  CAF_CHECK((*account == shapes::account{"Ada", 7}));
  auto measured = from_dict<measurement>({{"sensor", 3}, {"reading", 1}});
  CAF_REQUIRE(measured);
  CAF_CHECK_EQUAL(measured->sensor, 3);
  CAF_CHECK_EQUAL(measured->reading, 1.0);
  auto foreign
    = from_dict<foreign::pair_of_ints>({{"first", 1}, {"second", 2}});
  CAF_REQUIRE(foreign);
  CAF_CHECK_EQUAL(foreign->second_, 2);
}

CAF_TEST(a dict that does not fit) {
  CAF_CHECK_EQUAL(error_of<point>({{"x", 1}}), "point lacks 'y'");
  CAF_CHECK_EQUAL(error_of<point>({}), "point lacks 'x', 'y'");
  CAF_CHECK_EQUAL(error_of<point>({{"x", 1}, {"y", 2}, {"z", 3}}),
                  "point has no member 'z'");
  CAF_CHECK_EQUAL(error_of<point>({{"x", 1}, {1, 2}}), "point has no member 1");
  CAF_CHECK_EQUAL(error_of<point>({{list{}, 1}}), "point has no member list");
  CAF_CHECK_EQUAL(error_of<empty>({{"x", 1}}), "empty has no member 'x'");
  CAF_CHECK_EQUAL(error_of<point>({{"x", "1"}, {"y", 2}}),
                  "point.x: expected int, got str");
  CAF_CHECK_EQUAL(error_of<account>({{"owner", 1}, {"cents", 2}}),
                  "account.owner: expected str, got int");
  auto text = error_of<point>({{std::string(1'000'000, 'x'), 1}});
  CAF_CHECK_LESS(text.size(), 200u);
}

CAF_TEST(text) {
  CAF_CHECK_EQUAL(to_string(one_two), "point(x=1, y=2.5)");
  CAF_CHECK_EQUAL(to_string(empty{}), "empty()");
  CAF_CHECK_EQUAL(to_string(account{"Ada", 7}),
                  "account(owner='Ada', cents=7)");
  CAF_CHECK_EQUAL(to_string(labelled{"mine"}), "<mine>");
  CAF_CHECK_EQUAL(to_string(registered_point{one_two}),
                  "registered_point(y=2.5)");
}

CAF_TEST(members that are objects in text) {
  route x{one_two, {}, {}, {}, {}};
  CAF_CHECK_EQUAL(to_string(x),
                  "route(start=point(x=1, y=2.5), via=[], named={}, end=None, "
                  "at=1970-01-01T00:00:00+00:00)");
}

CAF_TEST(only objects of exactly the type convert) {
  auto x = from_value<point>(to_value(one_two));
  CAF_REQUIRE(x);
  CAF_CHECK(*x == one_two);
  auto why = [](value got) {
    auto result = from_value<point>(std::move(got));
    CAF_REQUIRE(!result);
    CAF_CHECK(result.error().code == errc::type_error);
    return result.error().text;
  };
  CAF_CHECK_EQUAL(why(1), "expected point, got int");
  CAF_CHECK_EQUAL(why(nullptr), "expected point, got None");
  CAF_CHECK_EQUAL(why(as_dict(one_two)), "expected point, got dict");
  CAF_CHECK_EQUAL(why(to_value(empty{})), "expected point, got empty");
  CAF_CHECK_EQUAL(why(object::make(special_point{})),
                  "expected point, got special_point");
  CAF_CHECK_EQUAL(why(tagged{1, 2}), "expected point, got object");
}

CAF_TEST(objects in objects and in containers) {
  json_codec codec;
  with_types(codec);
  auto now = date_time::parse("2015-01-01T12:34:56+01:00");
  CAF_REQUIRE(now);
  route x{one_two, {{3, 4}}, {{"a", {5, 6}}}, point{7, 8}, *now};
  auto text = encode(codec, to_value(x));
  CAF_CHECK_EQUAL(text,
                  R"({"__type__":[2,{"start":{"__type__":[0,{"x":1,"y":2.5}]},)"
                  R"("via":[{"__type__":[0,{"x":3,"y":4.0}]}],)"
                  R"("named":{"a":{"__type__":[0,{"x":5,"y":6.0}]}},)"
                  R"("end":{"__type__":[0,{"x":7,"y":8.0}]},)"
                  R"("at":{"__type__":[3,"2015-01-01T12:34:56+01:00"]}}]})");
  auto decoded = decode(codec, text);
  CAF_REQUIRE(decoded);
  auto copy = from_value<route>(*decoded);
  CAF_REQUIRE(copy);
  CAF_CHECK(*copy == x);
  x.end.reset();
  CAF_CHECK(encode(codec, to_value(x)).find(R"("end":null)")
            != std::string::npos);
}

CAF_TEST(objects without a serializer) {
  json_codec codec;
  with_types(codec);
  CAF_CHECK_EQUAL(encode(codec, to_value(registered_point{})),
                  "serialization_error: No serializer found for type "
                  "\"shapes::registered_point\"");
  CAF_CHECK_EQUAL(encode(codec, object::make(special_point{})),
                  "serialization_error: No serializer found for type "
                  "\"shapes::special_point\"");
}

CAF_TEST(messages that do not fit) {
  json_codec codec;
  with_types(codec);
  auto why = [&codec](std::string_view text) {
    auto result = decode(codec, text);
    CAF_REQUIRE(!result);
    CAF_CHECK(result.error().code == errc::deserialization_error);
    return result.error().text;
  };
  CAF_CHECK_EQUAL(why(R"({"__type__":[0,{"x":1}]})"),
                  "point lacks 'y' at byte 24");
  CAF_CHECK_EQUAL(why(R"({"__type__":[0,3]})"),
                  "expected dict, got int at byte 18");
  CAF_CHECK(why(R"({"__type__":[2,{"start":1,"via":[],"named":{},"end":null,)"
                R"("at":{"__type__":[3,"2015-01-01"]}}]})")
              .starts_with("route.start: expected point, got int"));
  CAF_CHECK(why(R"({"__type__":[2,{"start":{"__type__":[1,{}]},"via":[],)"
                R"("named":{},"end":null,"at":1}]})")
              .starts_with("route.start: expected point, got empty"));
}

CAF_TEST(types that contain themselves) {
  json_codec codec;
  CAF_REQUIRE(codec.add_serializer(serializer<node>()));
  auto text = encode(codec, to_value(node{{node{}, node{{node{}}}}}));
  auto decoded = decode(codec, text);
  CAF_REQUIRE(decoded);
  auto x = from_value<node>(*decoded);
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->children.size(), 2u);
  CAF_CHECK_EQUAL(x->children[1].children.size(), 1u);
}
