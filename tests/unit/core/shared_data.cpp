#define CAF_SUITE shared_data

#include "caf/aiomas/shared_data.hpp"

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/value.hpp"
#include "caf/aiomas/value_json.hpp"

#include "caf/test/dsl.hpp"

#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace caf::aiomas;

namespace {

using bytes_view = std::span<const std::byte>;

byte_buffer bytes_of(std::string_view text) {
  auto xs = std::as_bytes(std::span{text.data(), text.size()});
  return {xs.begin(), xs.end()};
}

/// A part of something larger, and what keeps the whole.
struct fixture {
  fixture() : whole(std::make_shared<std::string>("some spam here")) {
    // nop
  }

  shared_string slice() const {
    return {whole, std::string_view{*whole}.substr(5, 4)};
  }

  std::shared_ptr<std::string> whole;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(shared_data_tests, fixture)

CAF_TEST(a slice refers to the original and keeps it) {
  auto x = slice();
  CAF_CHECK_EQUAL(x.view(), "spam");
  CAF_CHECK(x.data() == whole->data() + 5);
  CAF_CHECK_EQUAL(whole.use_count(), 2);
  auto copy = x;
  CAF_CHECK_EQUAL(whole.use_count(), 2);
  x = {};
  copy = {};
  CAF_CHECK_EQUAL(whole.use_count(), 1);
}

CAF_TEST(data of its own are taken over) {
  std::string text(100, 'x');
  auto data = text.data();
  shared_string x{std::move(text)};
  CAF_CHECK(x.data() == data);
  CAF_CHECK(x.get().data() == data);
}

CAF_TEST(a slice can be had as an object of its own) {
  auto x = slice();
  auto& text = x.get();
  CAF_CHECK_EQUAL(text, "spam");
  CAF_CHECK(text.data() != x.data());
  CAF_CHECK(&x.get() == &text);
  auto copy = x;
  CAF_CHECK(&copy.get() == &text);
}

CAF_TEST(several threads may want the same copy) {
  auto x = slice();
  const std::string* seen[2] = {};
  std::thread other{[&seen, x] { seen[0] = &x.get(); }};
  seen[1] = &x.get();
  other.join();
  CAF_CHECK(seen[0] == seen[1]);
}

CAF_TEST(nothing is empty) {
  shared_bytes x;
  CAF_CHECK(x.empty());
  CAF_CHECK(x.get().empty());
  CAF_CHECK(x == shared_bytes{byte_buffer{}});
}

CAF_TEST(content is compared) {
  CAF_CHECK(slice() == shared_string{"spam"});
  CAF_CHECK(slice() != shared_string{"spa"});
  CAF_CHECK(slice() < shared_string{"spank"});
}

CAF_TEST(values do not tell shared data from others) {
  value x = slice();
  CAF_CHECK(x.type() == value::kind::string);
  CAF_CHECK(x == value{"spam"});
  CAF_CHECK(value{"spam"} == x);
  CAF_CHECK(x != value{"spa"});
  CAF_CHECK_EQUAL(to_string(x), "'spam'");
  CAF_CHECK(x.get_if<std::string_view>() == "spam");
  CAF_CHECK(!x.get_if<bytes_view>());
  CAF_CHECK(*to_json(x) == nlohmann::json("spam"));
  value y = shared_bytes{bytes_of("spam")};
  CAF_CHECK(y.type() == value::kind::bytes);
  CAF_CHECK(y == value{bytes_of("spam")});
  CAF_CHECK(y != x);
  CAF_CHECK_EQUAL(to_string(y), "b'spam'");
  CAF_CHECK_EQUAL(y.get_if<bytes_view>()->size(), 4u);
  CAF_CHECK(!y.get_if<std::string_view>());
  dict xs{{x, 1}};
  CAF_CHECK(xs.find("spam") != nullptr);
  CAF_CHECK(xs.find(value{"spam"}) != nullptr);
  CAF_CHECK(dict::from_entries({{x, 1}, {"spam", 2}}) == (dict{{"spam", 2}}));
}

CAF_TEST(a value gives shared data as an object of its own) {
  value x = slice();
  CAF_REQUIRE(std::as_const(x).get_if<std::string>() != nullptr);
  CAF_CHECK_EQUAL(*std::as_const(x).get_if<std::string>(), "spam");
  // Changing it changes the value alone.
  auto text = x.get_if<std::string>();
  CAF_REQUIRE(text != nullptr);
  *text += "!";
  CAF_CHECK(x == value{"spam!"});
  CAF_CHECK_EQUAL(*whole, "some spam here");
  CAF_CHECK_EQUAL(whole.use_count(), 1);
}

CAF_TEST(conversions share where they are asked to) {
  auto shared = from_value<shared_string>(slice());
  CAF_REQUIRE(shared);
  CAF_CHECK(shared->data() == whole->data() + 5);
  auto text = from_value<std::string>(slice());
  CAF_REQUIRE(text);
  CAF_CHECK_EQUAL(*text, "spam");
  auto bytes = bytes_of("spam");
  auto data = bytes.data();
  auto taken = from_value<shared_bytes>(std::move(bytes));
  CAF_REQUIRE(taken);
  CAF_CHECK(taken->data() == data);
  CAF_CHECK(to_value(*taken) == value{bytes_of("spam")});
  auto wrong = from_value<shared_bytes>("spam");
  CAF_REQUIRE(!wrong);
  CAF_CHECK_EQUAL(wrong.error().text, "expected bytes, got str");
}

CAF_TEST(extensions are values) {
  value x = extension{-1, bytes_of("\1\2")};
  CAF_CHECK(x.type() == value::kind::extension);
  CAF_CHECK(x == (value{extension{-1, bytes_of("\1\2")}}));
  CAF_CHECK(x != (value{extension{1, bytes_of("\1\2")}}));
  CAF_CHECK_EQUAL(to_string(x), "ExtType(code=-1, data=b'\\x01\\x02')");
  auto json = to_json(x);
  CAF_REQUIRE(json);
  CAF_CHECK(from_json(*json) == x);
}

CAF_TEST_FIXTURE_SCOPE_END()
