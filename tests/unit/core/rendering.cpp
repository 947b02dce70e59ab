#define CAF_SUITE rendering

#include "caf/aiomas/rendering.hpp"

#include "caf/test/dsl.hpp"

#include <cmath>
#include <string>

using namespace caf::aiomas;
using nlohmann::ordered_json;

namespace {

// The text of what `x` is rendered as. Checks that nothing gets lost.
std::string text(const value& x) {
  auto result = render(x);
  auto copy = unrender(ordered_json::parse(result.dump()));
  CAF_CHECK(copy && to_string(*copy) == to_string(x));
  return result.dump();
}

std::string parse(const char* json) {
  auto result = unrender(ordered_json::parse(json));
  return to_string(result ? *result : value{to_string(result.error())});
}

} // namespace

CAF_TEST(what JSON has) {
  CAF_CHECK_EQUAL(text(list{nullptr, true, -1, UINT64_MAX, 1.0, "a"}),
                  R"([null,true,-1,18446744073709551615,1.0,"a"])");
  CAF_CHECK_EQUAL(text(dict{{"z", list{}}, {"a", dict{}}}),
                  R"({"z":[],"a":{}})");
}

CAF_TEST(bytes) {
  CAF_CHECK_EQUAL(text(byte_buffer{}), R"({"$bytes":""})");
  CAF_CHECK_EQUAL(text(byte_buffer{std::byte{0x0A}, std::byte{0xFF}}),
                  R"({"$bytes":"0aff"})");
  CAF_CHECK_EQUAL(parse(R"({"$bytes":"0AfF"})"), "b'\\n\\xff'");
}

CAF_TEST(extensions) {
  CAF_CHECK_EQUAL(text(extension{5, byte_buffer{std::byte{0xA0}}}),
                  R"({"$ext":[5,"a0"]})");
  CAF_CHECK_EQUAL(text(extension{-1, {}}), R"({"$ext":[-1,""]})");
  CAF_CHECK_EQUAL(text(dict{{extension{-128, {}}, 1}}),
                  R"({"$map":[[{"$ext":[-128,""]},1]]})");
  CAF_CHECK_EQUAL(text(dict{{"$ext", 1}}), R"({"$map":[["$ext",1]]})");
}

CAF_TEST(floats) {
  CAF_CHECK_EQUAL(text(std::nan("")), R"({"$float":"nan"})");
  CAF_CHECK_EQUAL(text(HUGE_VAL), R"({"$float":"inf"})");
  CAF_CHECK_EQUAL(text(-HUGE_VAL), R"({"$float":"-inf"})");
}

CAF_TEST(keys) {
  CAF_CHECK_EQUAL(text(dict{{1, "a"}, {"b", byte_buffer{}}}),
                  R"({"$map":[[1,"a"],["b",{"$bytes":""}]]})");
  CAF_CHECK_EQUAL(text(dict{{list{1, 2}, dict{{nullptr, 1}}}}),
                  R"({"$map":[[[1,2],{"$map":[[null,1]]}]]})");
}

CAF_TEST(objects) {
  CAF_CHECK_EQUAL(text(tagged{3, list{byte_buffer{}}}),
                  R"({"__type__":[3,[{"$bytes":""}]]})");
  CAF_CHECK_EQUAL(render(object::make(1)).dump(), R"({"$object":"int"})");
  for (auto other : {R"({"__type__":[1]})", R"({"__type__":["1",2]})",
                     R"({"__type__":[1.0,2]})", R"({"__type__":[1,2],"a":3})",
                     R"({"__type__":[18446744073709551615,2]})"}) {
    auto x = unrender(ordered_json::parse(other));
    CAF_REQUIRE(x);
    CAF_CHECK(x->get_if<dict>() != nullptr);
    CAF_CHECK_EQUAL(render(*x).dump(), other);
  }
}

CAF_TEST(dicts that look like something else) {
  CAF_CHECK_EQUAL(text(dict{{"$bytes", "00"}}),
                  R"({"$map":[["$bytes","00"]]})");
  CAF_CHECK_EQUAL(text(dict{{"$map", list{}}}), R"({"$map":[["$map",[]]]})");
  CAF_CHECK_EQUAL(text(dict{{"$bytes", "00"}, {"a", 1}}),
                  R"({"$bytes":"00","a":1})");
  CAF_CHECK_EQUAL(text(dict{{"$other", 1}}), R"({"$other":1})");
}

CAF_TEST(malformed content) {
  for (auto bad : {R"({"$bytes":1})",
                   R"({"$bytes":"0"})",
                   R"({"$bytes":"0g"})",
                   R"({"$float":"1.0"})",
                   R"({"$float":1})",
                   R"({"$map":1})",
                   R"({"$map":[1]})",
                   R"({"$map":[[1]]})",
                   R"({"$ext":1})",
                   R"({"$ext":[1]})",
                   R"({"$ext":["1","00"]})",
                   R"({"$ext":[128,"00"]})",
                   R"({"$ext":[-129,"00"]})",
                   R"({"$ext":[18446744073709551615,"00"]})",
                   R"({"$ext":[1,"0"]})",
                   R"({"$ext":[1.0,"00"]})",
                   R"({"$map":[[{"$bytes":1},1]]})",
                   R"({"$map":[[1,{"$bytes":1}]]})",
                   R"([{"$bytes":1}])",
                   R"({"a":{"$bytes":1}})",
                   R"({"__type__":[1,{"$bytes":1}]})"})
    CAF_CHECK(parse(bad).starts_with("'deserialization_error: malformed"));
  CAF_CHECK(
    parse(R"({"$object":"int"})").starts_with("'deserialization_error"));
}
