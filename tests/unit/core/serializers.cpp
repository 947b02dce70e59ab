#define CAF_SUITE serializers

#include "caf/aiomas/serializers.hpp"

#include "caf/test/dsl.hpp"

#include <stdexcept>

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
