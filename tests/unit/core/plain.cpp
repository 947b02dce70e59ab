#define CAF_SUITE plain

#include "caf/aiomas/codec/plain.hpp"

#include "codec_fixture.hpp"
#include "tiny_codec.hpp"

#include "caf/test/dsl.hpp"

#include <string>

using namespace codec_tests;

namespace {

struct fixture {
  fixture() {
    auto id = codec.add_serializer(point_serializer());
    CAF_REQUIRE(id);
  }

  static std::string show(const outcome<value>& x) {
    return x ? to_string(*x) : to_string(x.error());
  }

  std::string to(const value& x) {
    return show(to_plain(x, codec));
  }

  std::string from(const value& x) {
    return show(from_plain(x, codec));
  }

  tiny_codec codec;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(plain_tests, fixture)

CAF_TEST(values without objects stay what they are) {
  value x = list{nullptr,
                 true,
                 -1,
                 UINT64_MAX,
                 1.5,
                 "text",
                 byte_buffer{std::byte{1}},
                 extension{5, {std::byte{2}}},
                 shared_string{"shared"},
                 dict{{"b", list{}}, {1, dict{}}, {list{1}, "a"}}};
  CAF_CHECK(*to_plain(x, codec) == x);
  CAF_CHECK(*from_plain(x, codec) == x);
}

CAF_TEST(objects are what stands for them on the wire) {
  value x = list{object::make(point{3}), dict{{"a", object::make(point{4})}}};
  auto plain = to_plain(x, codec);
  CAF_CHECK_EQUAL(show(plain),
                  "[{'__type__': [0, {'x': 3}]}, "
                  "{'a': {'__type__': [0, {'x': 4}]}}]");
  auto back = from_plain(*plain, codec);
  auto& xs = *back->get_if<list>();
  CAF_CHECK_EQUAL(xs[0].get_if<object>()->get_if<point>()->x, 3);
  auto& ys = *xs[1].get_if<dict>();
  CAF_CHECK_EQUAL(ys.find("a")->get_if<object>()->get_if<point>()->x, 4);
}

CAF_TEST(tagged values are objects of the peer) {
  CAF_CHECK_EQUAL(to(tagged{7, list{object::make(point{1})}}),
                  "{'__type__': [7, [{'__type__': [0, {'x': 1}]}]]}");
  value x = dict{{"__type__", list{7, "a"}}};
  CAF_CHECK_EQUAL(from(x),
                  "deserialization_error: No serializer found for "
                  "type id 7");
  codec.types(serializers{serializers::mode::keep});
  CAF_CHECK(*from_plain(x, codec) == value(tagged{7, "a"}));
}

CAF_TEST(nesting is bounded) {
  limit_nesting(codec, 3);
  CAF_CHECK(to_plain(nested(3), codec));
  CAF_CHECK(from_plain(nested(3), codec));
  CAF_CHECK_EQUAL(to(nested(4)), "serialization_error: nested deeper than 3");
  CAF_CHECK_EQUAL(from(nested(4)),
                  "deserialization_error: nested deeper than 3");
  auto x = object::make(point{3}); // is three containers deep
  CAF_CHECK(to_plain(x, codec));
  CAF_CHECK(from_plain(*to_plain(x, codec), codec));
  CAF_CHECK_EQUAL(to(list{x}), "serialization_error: nested deeper than 3");
  limit_nesting(codec, 2);
  CAF_CHECK_EQUAL(to(x), "serialization_error: nested deeper than 2");
}

CAF_TEST(what has no form is refused) {
  CAF_CHECK_EQUAL(to(list{"\xFF"}),
                  "serialization_error: string is not valid UTF-8");
  CAF_CHECK_EQUAL(to(dict{{"\xFF", 1}}),
                  "serialization_error: string is not valid UTF-8");
  CAF_CHECK(to(dict{{"__type__", 1}})
              .starts_with("serialization_error: A dict with the key"));
  CAF_CHECK_EQUAL(to(dict{{dict{}, 1}}),
                  "serialization_error: unhashable type: 'dict'");
  CAF_CHECK_EQUAL(to(object::make(1)),
                  "serialization_error: No serializer found for type \"int\"");
}

CAF_TEST(what a peer must not send is refused) {
  CAF_CHECK_EQUAL(from(list{"\xFF"}),
                  "deserialization_error: string is not valid UTF-8");
  CAF_CHECK_EQUAL(from(dict{{dict{}, 1}}),
                  "deserialization_error: unhashable type: 'dict'");
  CAF_CHECK_EQUAL(from(dict{{"__type__", 1}}),
                  "deserialization_error: \"__type__\" needs a list of a type "
                  "id and an object");
  CAF_CHECK_EQUAL(from(dict{{"__type__", list{0, 1}}}),
                  "deserialization_error: no point");
  CAF_CHECK_EQUAL(from(object::make(point{1})),
                  "deserialization_error: an object, which is not plain");
}

CAF_TEST_FIXTURE_SCOPE_END()
