#define CAF_SUITE value_json

#include "caf/aiomas/value_json.hpp"

#include "caf/test/dsl.hpp"

#include <cmath>
#include <string>

using namespace caf::aiomas;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

// Whether `x` is the same after it was JSON.
bool survives(const value& x) {
  auto plain = to_json(x);
  auto ordered = to_ordered_json(x);
  return plain && ordered && from_json(*plain) == x && from_json(*ordered) == x;
}

std::string text(const value& x) {
  auto result = to_ordered_json(x);
  return result ? result->dump() : to_string(result.error());
}

} // namespace

CAF_TEST(scalars) {
  CAF_CHECK(survives(nullptr));
  CAF_CHECK(survives(true));
  CAF_CHECK(survives(0));
  CAF_CHECK(survives(INT64_MIN));
  CAF_CHECK(survives(INT64_MAX));
  CAF_CHECK(survives(UINT64_MAX));
  CAF_CHECK(survives(1.0));
  CAF_CHECK(survives(-HUGE_VAL));
  CAF_CHECK(survives("text"));
  CAF_CHECK(survives(byte_buffer{std::byte{0}, std::byte{255}}));
  CAF_CHECK(survives(byte_buffer{}));
  auto nan = to_json(value{std::nan("")});
  CAF_REQUIRE(nan);
  CAF_CHECK(std::isnan(nan->get<double>()));
  CAF_CHECK(std::isnan(*from_json(*nan).get_if<double>()));
}

CAF_TEST(types of numbers are kept) {
  CAF_CHECK(to_json(value{1})->is_number_integer());
  CAF_CHECK(to_json(value{UINT64_MAX})->is_number_unsigned());
  CAF_CHECK(to_json(value{1.0})->is_number_float());
  CAF_CHECK(to_json(value{true})->is_boolean());
  CAF_CHECK_EQUAL(from_json(json::parse("7")), value{7});
  CAF_CHECK_EQUAL(from_json(json(1u)), value{1});
  CAF_CHECK_EQUAL(from_json(json(1.0)), value{1.0});
}

CAF_TEST(containers) {
  CAF_CHECK(survives(list{}));
  CAF_CHECK(survives(dict{}));
  CAF_CHECK(survives(list{1, list{2}, dict{{"a", list{nullptr}}}}));
  CAF_CHECK(survives(list{list{"looks", "like a pair"}}));
  CAF_CHECK_EQUAL(text(dict{{"z", 1}, {"a", list{2}}}), R"({"z":1,"a":[2]})");
  auto ordered = ordered_json::parse(R"({"z":1,"a":2,"m":{}})");
  CAF_CHECK_EQUAL(to_string(from_json(ordered)), "{'z': 1, 'a': 2, 'm': {}}");
}

CAF_TEST(keys become strings) {
  CAF_CHECK_EQUAL(
    text(dict{{1, "a"}, {1.5, "b"}, {true, "c"}, {nullptr, "d"}, {"1", "e"}}),
    R"({"1":"e","1.5":"b","true":"c","null":"d"})");
  auto merged = to_json(value{dict{{1, "a"}, {"1", "b"}}});
  CAF_REQUIRE(merged);
  CAF_CHECK_EQUAL(*merged, (json{{"1", "b"}}));
  CAF_CHECK_EQUAL(text(dict{{list{}, 1}}),
                  "serialization_error: keys must be str, int, float, bool or "
                  "None, not list");
}

CAF_TEST(objects) {
  CAF_CHECK_EQUAL(text(list{tagged{3, list{1}}}), R"([{"__type__":[3,[1]]}])");
  CAF_CHECK_EQUAL(text(list{object::make(1)}),
                  "serialization_error: an object has no JSON form");
  CAF_CHECK_EQUAL(text(dict{{"a", object::make(1)}}),
                  "serialization_error: an object has no JSON form");
}

CAF_TEST(many keys take no quadratic time) {
  dict xs;
  std::vector<dict::entry> entries;
  for (auto i = 0; i < 100000; ++i)
    entries.emplace_back(std::to_string(i), i);
  CAF_CHECK(survives(dict::from_entries(std::move(entries))));
}

CAF_TEST(json as argument and result) {
  auto x = to_value(json{{"a", {1, 2.5, nullptr}}});
  CAF_CHECK_EQUAL(to_string(x), "{'a': [1, 2.5, None]}");
  auto y = from_value<json>(x);
  CAF_REQUIRE(y);
  CAF_CHECK_EQUAL(*y, (json{{"a", {1, 2.5, nullptr}}}));
  auto z = from_value<std::vector<ordered_json>>(value{list{1, "a"}});
  CAF_REQUIRE(z);
  CAF_CHECK_EQUAL(z->back(), "a");
}
