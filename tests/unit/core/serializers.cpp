#define CAF_SUITE serializers

#include "caf/aiomas/serializers.hpp"

#include "caf/aiomas/codec/json.hpp"

#include "caf/test/dsl.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace caf::aiomas;

namespace {

struct point {
  int64_t x;
};

struct special_point : point {};

any_serializer point_serializer() {
  return {
    typeid(point),
    "point",
    [](const object& what) -> outcome<value> {
      return value{what.get_if<point>()->x};
    },
    [](value content) -> outcome<value> {
      auto x = content.get_if<int64_t>();
      if (x == nullptr)
        return fault{errc::type_error, "no point"};
      return value{object::make(point{*x})};
    },
  };
}

any_serializer throwing_serializer() {
  return {
    typeid(int),
    "int",
    [](const object&) -> outcome<value> { throw std::runtime_error("out"); },
    [](value) -> outcome<value> { throw std::runtime_error("in"); },
  };
}

struct matrix {
  std::vector<double> cells;
};

AIOMAS_OBJECT(matrix)

// As a value, and so that reading fails without a throw.
any_serializer matrix_serializer() {
  return serializer<matrix>([](const matrix& x) { return x.cells; },
                            [](value x) -> outcome<matrix> {
                              auto cells
                                = from_value<std::vector<double>>(std::move(x));
                              if (!cells)
                                return std::move(cells).error();
                              return matrix{*std::move(cells)};
                            });
}

outcome<value> unable(const object&) {
  return fault{errc::serialization_error, "out of order"};
}

} // namespace

CAF_TEST(type ids are given out in order) {
  serializers xs;
  CAF_CHECK_EQUAL(xs.reserve(), 0);
  auto id = xs.add(point_serializer());
  CAF_REQUIRE(id);
  CAF_CHECK_EQUAL(*id, 1);
  CAF_CHECK_EQUAL(xs.reserve(), 2);
  auto again = xs.add(point_serializer());
  CAF_REQUIRE(!again);
  CAF_CHECK(again.error().code == errc::invalid_argument);
  CAF_CHECK_EQUAL(xs.reserve(), 3);
}

CAF_TEST(there and back) {
  serializers xs;
  xs.reserve();
  CAF_REQUIRE(xs.add(point_serializer()));
  auto sent = xs.serialize(object::make(point{42}));
  CAF_REQUIRE(sent);
  CAF_CHECK((*sent == tagged{1, 42}));
  auto received = xs.deserialize(*sent);
  CAF_REQUIRE(received);
  auto x = received->get_if<object>();
  CAF_REQUIRE(x != nullptr && x->get_if<point>() != nullptr);
  CAF_CHECK_EQUAL(x->get_if<point>()->x, 42);
}

CAF_TEST(only exact types have a serializer) {
  serializers xs;
  CAF_REQUIRE(xs.add(point_serializer()));
  auto sent = xs.serialize(object::make(special_point{}));
  CAF_REQUIRE(!sent);
  CAF_CHECK(sent.error().code == errc::serialization_error);
  CAF_CHECK_EQUAL(sent.error().text,
                  "No serializer found for type "
                  "\"(anonymous namespace)::special_point\"");
}

CAF_TEST(unknown type ids) {
  serializers xs;
  CAF_REQUIRE(xs.add(point_serializer()));
  for (auto id : {int64_t{-1}, int64_t{1}, INT64_MAX, INT64_MIN}) {
    auto received = xs.deserialize(tagged{id, 1});
    CAF_REQUIRE(!received);
    CAF_CHECK(received.error().code == errc::deserialization_error);
    CAF_CHECK_EQUAL(received.error().text,
                    "No serializer found for type id " + std::to_string(id));
  }
}

CAF_TEST(reserved types stay tagged) {
  serializers xs;
  xs.reserve();
  auto received = xs.deserialize(tagged{0, "x"});
  CAF_REQUIRE(received);
  CAF_CHECK((*received == value{tagged{0, "x"}}));
}

CAF_TEST(failures of serializers are passed on) {
  serializers xs;
  CAF_REQUIRE(xs.add(point_serializer()));
  auto received = xs.deserialize(tagged{0, "x"});
  CAF_REQUIRE(!received);
  CAF_CHECK((received.error() == fault{errc::type_error, "no point"}));
}

CAF_TEST(exceptions of serializers become errors) {
  serializers xs;
  CAF_REQUIRE(xs.add(throwing_serializer()));
  auto sent = xs.serialize(object::make(1));
  CAF_REQUIRE(!sent);
  CAF_CHECK((sent.error() == fault{errc::serialization_error, "out"}));
  auto received = xs.deserialize(tagged{0, 1});
  CAF_REQUIRE(!received);
  CAF_CHECK((received.error() == fault{errc::deserialization_error, "in"}));
}

CAF_TEST(functions for a type) {
  serializers xs;
  CAF_REQUIRE(xs.add(matrix_serializer()));
  auto sent = xs.serialize(object::make(matrix{{1, 2.5}}));
  CAF_REQUIRE(sent);
  CAF_CHECK((*sent == tagged{0, list{1.0, 2.5}}));
  auto received = xs.deserialize(*sent);
  CAF_REQUIRE(received);
  auto x = from_value<matrix>(*received);
  CAF_REQUIRE(x);
  CAF_CHECK((x->cells == std::vector{1.0, 2.5}));
  received = xs.deserialize(tagged{0, list{"x"}});
  CAF_REQUIRE(!received);
  CAF_CHECK_EQUAL(received.error().text, "element 0: expected float, got str");
}

CAF_TEST(functions may fail in any way) {
  serializers xs;
  auto added = xs.add(serializer<matrix>(
    [](const matrix& x) -> outcome<value> {
      if (x.cells.empty())
        return fault{errc::serialization_error, "empty"};
      throw 42;
    },
    [](value) -> matrix { throw std::invalid_argument("no matrix"); }));
  CAF_REQUIRE(added);
  auto sent = xs.serialize(object::make(matrix{}));
  CAF_REQUIRE(!sent);
  CAF_CHECK((sent.error() == fault{errc::serialization_error, "empty"}));
  sent = xs.serialize(object::make(matrix{{1}}));
  CAF_REQUIRE(!sent);
  CAF_CHECK(
    (sent.error() == fault{errc::serialization_error, "unknown exception"}));
  auto received = xs.deserialize(tagged{0, 1});
  CAF_REQUIRE(!received);
  CAF_CHECK(
    (received.error() == fault{errc::deserialization_error, "no matrix"}));
}

CAF_TEST(a fallback takes what has no serializer) {
  serializers xs;
  CAF_REQUIRE(xs.add(matrix_serializer()));
  auto added = xs.add(fallback_serializer(
    [](const object& what) -> outcome<value> {
      return value{what.get_if<special_point>() ? "special" : "other"};
    },
    [](value x) -> outcome<value> { return x; }));
  CAF_REQUIRE(added);
  CAF_CHECK_EQUAL(*added, 1);
  auto sent = xs.serialize(object::make(special_point{}));
  CAF_REQUIRE(sent);
  CAF_CHECK((*sent == tagged{1, "special"}));
  sent = xs.serialize(object::make(matrix{}));
  CAF_REQUIRE(sent);
  CAF_CHECK_EQUAL(sent->type_id, 0);
  auto again = xs.add(fallback_serializer(unable, {}));
  CAF_REQUIRE(!again);
  CAF_CHECK(again.error().code == errc::invalid_argument);
  CAF_CHECK_EQUAL(again.error().text,
                  "There is already a serializer for type \"object\"");
}

CAF_TEST(failures of the fallback name the object) {
  serializers xs;
  CAF_REQUIRE(xs.add(fallback_serializer(unable, {})));
  auto sent = xs.serialize(object::make(1));
  CAF_REQUIRE(!sent);
  CAF_CHECK_EQUAL(sent.error().text,
                  "Could not serialize object \"<int object>\": out of order");
}

CAF_TEST(dicts that look like objects) {
  json_codec codec;
  auto encode = [&codec](const value& x) {
    byte_buffer out;
    auto ok = codec.encode(x, out);
    return ok ? std::string{"fine"} : to_string(ok.error());
  };
  const std::string refused
    = "serialization_error: A dict with the key \"__type__\" cannot be sent, "
      "since the receiver would take it for an object";
  CAF_CHECK_EQUAL(encode(dict{{"__type__", list{0, 1}}}), refused);
  CAF_CHECK_EQUAL(encode(list{dict{{"a", 1}, {"__type__", 2}}}), refused);
  CAF_CHECK_EQUAL(encode(dict{{"__type", 1}, {"__type___", 2}}), "fine");
  CAF_CHECK_EQUAL(encode(list{"__type__"}), "fine");
  // Unless nothing is taken for an object here.
  codec.types(serializers{serializers::mode::keep});
  CAF_CHECK_EQUAL(encode(dict{{"__type__", list{0, 1}}}), "fine");
}
