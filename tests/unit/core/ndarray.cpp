#define CAF_SUITE ndarray

#include "caf/aiomas/ndarray.hpp"

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/serializers.hpp"

#include "caf/test/dsl.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace caf::aiomas;

namespace {

using shape = std::vector<size_t>;

shared_bytes bytes_of(std::initializer_list<int> xs) {
  byte_buffer result;
  for (auto x : xs)
    result.push_back(static_cast<std::byte>(x));
  return shared_bytes{std::move(result)};
}

ndarray make(std::string_view dtype, shape lengths,
             std::initializer_list<int> data) {
  auto result = ndarray::make(dtype, std::move(lengths), bytes_of(data));
  CAF_REQUIRE(result);
  return *result;
}

std::string refusal(std::string_view dtype, shape lengths,
                    std::initializer_list<int> data) {
  auto result = ndarray::make(dtype, std::move(lengths), bytes_of(data));
  if (result)
    return "taken";
  CAF_CHECK(result.error().code == errc::type_error);
  return result.error().text;
}

template <class T>
std::string error_of(const outcome<T>& x) {
  return x ? "none" : x.error().text;
}

/// Registered as in a container of Python's, with dates before it.
struct fixture {
  fixture() {
    types.reserve();
    CAF_REQUIRE(types.add(ndarray_serializer()));
  }

  value receive(value content) {
    auto result = types.deserialize({1, std::move(content)});
    if (!result) {
      CAF_CHECK(result.error().code == errc::type_error);
      return result.error().text;
    }
    return *result;
  }

  serializers types;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ndarray_tests, fixture)

CAF_TEST(vectors are taken over) {
  std::vector<double> xs{1.5, 2, -3};
  auto place = xs.data();
  ndarray uut{std::move(xs)};
  CAF_CHECK_EQUAL(uut.size(), 3u);
  CAF_CHECK(uut.shape() == shape{3});
  CAF_CHECK_EQUAL(uut.dtype(), "<f8");
  CAF_CHECK(uut.holds<double>());
  CAF_CHECK(!uut.holds<int64_t>());
  auto view = uut.view<double>();
  CAF_REQUIRE(view);
  CAF_CHECK(view->data() == place);
  CAF_CHECK(!uut.view<float>());
  CAF_CHECK(*uut.to_vector<double>() == (std::vector<double>{1.5, 2, -3}));
}

CAF_TEST(types are spelled as NumPy does) {
  auto dtype = []<class T>(T x) { return ndarray{std::vector<T>{x}}.dtype(); };
  CAF_CHECK_EQUAL(dtype(int8_t{1}), "|i1");
  CAF_CHECK_EQUAL(dtype(uint8_t{1}), "|u1");
  CAF_CHECK_EQUAL(dtype(int16_t{1}), "<i2");
  CAF_CHECK_EQUAL(dtype(uint32_t{1}), "<u4");
  CAF_CHECK_EQUAL(dtype(1LL), "<i8");
  CAF_CHECK_EQUAL(dtype(1UL), "<u8");
  CAF_CHECK_EQUAL(dtype(1.0f), "<f4");
  bool flags[] = {true, false};
  CAF_CHECK_EQUAL(ndarray{std::span<const bool>{flags}}.dtype(), "|b1");
  CAF_CHECK_EQUAL(make(">f4", {1}, {0, 0, 0, 0}).dtype(), ">f4");
  CAF_CHECK_EQUAL(make("<c8", {1}, {0, 0, 0, 0, 0, 0, 0, 0}).dtype(), "<c8");
  CAF_CHECK_EQUAL(ndarray{}.dtype(), "<f8");
}

CAF_TEST(other types are refused) {
  auto start = std::string{"expected the type of an array of numbers, got "};
  for (auto dtype : {"", "<", "<f", "f8", "<f9", "<b2", "<i3", "|i4", "<S8",
                     "<U1", "|O8", "<M8[ns]", "|V4", "!f8", "<f8 ", "<f-8",
                     "<f88888888888888888888", "<c4"})
    CAF_CHECK_EQUAL(refusal(dtype, {1}, {0, 0, 0, 0, 0, 0, 0, 0}),
                    start + to_string(value{dtype}));
  auto text = refusal(std::string(1000, 'x'), {}, {});
  CAF_CHECK_LESS(text.size(), 100u);
}

CAF_TEST(the data must have the size that type and shape say) {
  CAF_CHECK_EQUAL(refusal("<i2", {3}, {0, 0, 0, 0}),
                  "4 bytes are no array of type <i2 and shape [3]");
  CAF_CHECK_EQUAL(refusal("<i2", {}, {}),
                  "0 bytes are no array of type <i2 and shape []");
  CAF_CHECK_EQUAL(refusal("<i2", {2, 2}, {0, 0, 0, 0}),
                  "4 bytes are no array of type <i2 and shape [2, 2]");
  // Products that overflow, also to what would fit.
  CAF_CHECK(refusal("<i2", {size_t{1} << 62, 4, 1}, {}) != "taken");
  CAF_CHECK(refusal("<i2", {size_t{1} << 63, 1}, {}) != "taken");
  CAF_CHECK(refusal("|i1", {SIZE_MAX, SIZE_MAX}, {0}) != "taken");
  CAF_CHECK_EQUAL(make("<i2", {}, {1, 2}).size(), 1u);
  CAF_CHECK_EQUAL(make("<i2", {0, 5}, {}).size(), 0u);
  CAF_CHECK_EQUAL(make("<i2", {2, 1}, {1, 2, 3, 4}).size(), 2u);
}

CAF_TEST(arrays take other shapes) {
  ndarray uut{std::vector<int>{1, 2, 3, 4, 5, 6}};
  auto matrix = uut.reshape({2, 3});
  CAF_REQUIRE(matrix);
  CAF_CHECK(matrix->shape() == (shape{2, 3}));
  CAF_CHECK(matrix->data().data() == uut.data().data());
  CAF_CHECK(*matrix != uut);
  CAF_CHECK(*matrix->reshape({6}) == uut);
  CAF_CHECK_EQUAL(error_of(uut.reshape({4})),
                  "6 elements do not have the shape [4]");
  CAF_CHECK(!uut.reshape({size_t{1} << 63, 2, 3}));
}

CAF_TEST(numbers convert as in lists) {
  auto big = make(">i2", {2}, {1, 2, 0xFF, 0xFE});
  CAF_CHECK(*big.to_vector<int>() == (std::vector<int>{258, -2}));
  CAF_CHECK(*big.to_vector<double>() == (std::vector<double>{258, -2}));
  CAF_CHECK_EQUAL(error_of(big.to_vector<uint16_t>()),
                  "element 1: expected an integer from 0 to 65535, got -2");
  CAF_CHECK_EQUAL(error_of(big.to_vector<int8_t>()),
                  "element 0: expected an integer from -128 to 127, got 258");
  CAF_CHECK_EQUAL(error_of(big.to_vector<bool>()),
                  "expected an array of type |b1, got one of type >i2");
  auto floats = make(">f4", {1}, {0x3F, 0xC0, 0, 0});
  CAF_CHECK(*floats.to_vector<double>() == std::vector<double>{1.5});
  CAF_CHECK(*floats.to_vector<float>() == std::vector<float>{1.5f});
  CAF_CHECK_EQUAL(error_of(floats.to_vector<int>()),
                  "expected an array of type <i4, got one of type >f4");
  ndarray large{std::vector<double>{1e300}};
  CAF_CHECK(!large.to_vector<float>());
  ndarray infinite{
    std::vector<double>{std::numeric_limits<double>::infinity()}};
  CAF_CHECK(infinite.to_vector<float>());
  CAF_CHECK(*make("|b1", {3}, {0, 1, 7}).to_vector<bool>()
            == (std::vector<bool>{false, true, true}));
  CAF_CHECK(!make("<c8", {1}, {0, 0, 0, 0, 0, 0, 0, 0}).to_vector<double>());
}

CAF_TEST(views need the type the order and a place for it) {
  auto big = make(">i4", {1}, {0, 0, 0, 1});
  CAF_CHECK(!big.view<int32_t>());
  // One byte behind any place for an int is none.
  auto room = std::make_shared<byte_buffer>(9);
  shared_bytes odd{room, std::span{*room}.subspan(1, 8)};
  auto uut = ndarray::make("<i4", {2}, odd);
  CAF_REQUIRE(uut);
  CAF_CHECK(uut->holds<int32_t>());
  CAF_CHECK(!uut->view<int32_t>());
  CAF_CHECK(*uut->to_vector<int32_t>() == (std::vector<int32_t>{0, 0}));
}

CAF_TEST(on the wire is what Python makes of an array) {
  auto sent = types.serialize(
    object::make(*ndarray{std::vector<int16_t>{1, 2, 3, 4}}.reshape({2, 2})));
  CAF_REQUIRE(sent);
  CAF_CHECK_EQUAL(sent->type_id, 1);
  CAF_CHECK_EQUAL(to_string(sent->content),
                  "{'type': '<i2', 'shape': [2, 2], 'data': "
                  "b'\\x01\\x00\\x02\\x00\\x03\\x00\\x04\\x00'}");
  auto received = receive(sent->content);
  auto what = from_value<ndarray>(received);
  CAF_REQUIRE(what);
  CAF_CHECK(what->shape() == (shape{2, 2}));
  CAF_CHECK(*what->to_vector<int16_t>() == (std::vector<int16_t>{1, 2, 3, 4}));
}

CAF_TEST(what comes in is not copied) {
  auto data = bytes_of({1, 2, 3, 4, 5, 6, 7, 8});
  auto what = from_value<ndarray>(
    receive(dict{{"type", "<u8"}, {"shape", list{1}}, {"data", data}}));
  CAF_REQUIRE(what);
  CAF_CHECK(what->data().data() == data.data());
}

CAF_TEST(content that is no array is refused) {
  auto check = [this](value content, std::string_view text) {
    CAF_CHECK_EQUAL(receive(std::move(content)), value{text});
  };
  value data = bytes_of({1, 2});
  check(nullptr, "expected an array's type, shape and data, got None");
  check(dict{{"type", "<i2"}, {"data", data}},
        "expected an array's type, shape and data, got dict");
  check(dict{{"type", 1}, {"shape", list{1}}, {"data", data}},
        "key 'type': expected str, got int");
  check(dict{{"type", "<i2"}, {"shape", list{-1}}, {"data", data}},
        "key 'shape': element 0: expected an integer from 0 to "
        "18446744073709551615, got -1");
  check(dict{{"type", "<i2"}, {"shape", 1}, {"data", data}},
        "key 'shape': expected list, got int");
  check(dict{{"type", "<i2"}, {"shape", list{1}}, {"data", "ab"}},
        "key 'data': expected bytes, got str");
  check(dict{{"type", "<i2"}, {"shape", list{2}}, {"data", data}},
        "2 bytes are no array of type <i2 and shape [2]");
}

CAF_TEST(vectors take arrays as well as lists) {
  value array = object::make(ndarray{std::vector<int>{1, 2}});
  CAF_CHECK(*from_value<std::vector<int>>(array) == (std::vector{1, 2}));
  CAF_CHECK(*from_value<std::vector<double>>(array) == (std::vector{1.0, 2.0}));
  CAF_CHECK(*from_value<std::vector<int>>(list{1, 2}) == (std::vector{1, 2}));
  CAF_CHECK(!from_value<std::vector<std::string>>(array));
  CAF_CHECK_EQUAL(error_of(from_value<std::vector<bool>>(array)),
                  "expected an array of type |b1, got one of type <i4");
}

CAF_TEST(spans are sent as arrays and vectors as lists) {
  std::vector<float> xs{1, 2};
  auto sent = from_value<ndarray>(to_value(std::span<const float>{xs}));
  CAF_REQUIRE(sent);
  CAF_CHECK_EQUAL(sent->dtype(), "<f4");
  CAF_CHECK(to_value(xs) == (value{list{1.0, 2.0}}));
}

CAF_TEST(all spans of numbers are sent as arrays) {
  auto sent = [](auto xs) {
    auto what = from_value<ndarray>(to_value(xs));
    CAF_REQUIRE(what);
    return *what;
  };
  double numbers[] = {1, 2, 3};
  ndarray expected{std::span<const double>{numbers}};
  CAF_CHECK(sent(std::span{numbers}) == expected);
  CAF_CHECK(sent(std::span<double>{numbers}) == expected);
  CAF_CHECK(sent(std::span<const double, 3>{numbers}) == expected);
  CAF_CHECK(sent(std::span<double>{}).shape() == shape{0});
  bool flags[] = {true, false};
  CAF_CHECK_EQUAL(sent(std::span{flags}).dtype(), "|b1");
  long long large[] = {1LL << 40};
  CAF_CHECK_EQUAL(sent(std::span{large}).dtype(), "<i8");
  CAF_MESSAGE("char is the integer that it is here");
  const char text[] = {'a', '\xFF'};
  auto chars = sent(std::span{text});
  CAF_CHECK_EQUAL(chars.dtype(), std::is_signed_v<char> ? "|i1" : "|u1");
  CAF_CHECK(chars.data() == bytes_of({'a', 0xFF}));
  CAF_MESSAGE("bytes are no numbers");
  std::byte bytes[] = {std::byte{1}, std::byte{2}};
  value as_bytes = byte_buffer{std::begin(bytes), std::end(bytes)};
  CAF_CHECK(to_value(std::span{bytes}) == as_bytes);
  CAF_CHECK(to_value(std::span<std::byte>{bytes}) == as_bytes);
}

CAF_TEST(all types of elements survive a round trip) {
  auto seed = std::random_device{}();
  CAF_MESSAGE("seed: " << seed);
  std::mt19937_64 random{seed};
  auto check = [&]<class T>(T) {
    for (int i = 0; i < 100; ++i) {
      std::vector<T> xs;
      for (auto n = random() % 50; n > 0; --n)
        xs.push_back(static_cast<T>(random()));
      auto sent = types.serialize(object::make(ndarray{xs}));
      CAF_REQUIRE(sent);
      auto back = from_value<std::vector<T>>(receive(sent->content));
      CAF_REQUIRE(back);
      CAF_CHECK(*back == xs);
      // The other byte order.
      auto bytes = ndarray{xs}.data().get();
      for (auto pos = bytes.begin(); pos != bytes.end(); pos += sizeof(T))
        std::reverse(pos, pos + sizeof(T));
      auto dtype = ndarray{xs}.dtype();
      if (dtype[0] == '<')
        dtype[0] = '>';
      auto swapped
        = ndarray::make(dtype, {xs.size()}, shared_bytes{std::move(bytes)});
      CAF_REQUIRE(swapped);
      CAF_CHECK(*swapped->template to_vector<T>() == xs);
    }
  };
  check(int8_t{});
  check(int16_t{});
  check(int32_t{});
  check(int64_t{});
  check(uint8_t{});
  check(uint16_t{});
  check(uint32_t{});
  check(uint64_t{});
  check(float{});
  check(double{});
}

CAF_TEST_FIXTURE_SCOPE_END()
