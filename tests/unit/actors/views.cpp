// Functions that look at large arguments where these are, or share them.

#define CAF_SUITE views

#include "container_fixture.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/ndarray.hpp"
#include "caf/aiomas/serializers.hpp"

#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using bytes_view = std::span<const std::byte>;

size_t count_spaces(std::string_view text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), ' '));
}

class reader : public agent {
public:
  reader(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("spaces", count_spaces, {"text"});
    expose("size", &reader::size);
    expose("sum", &reader::sum, {"xs"});
    expose("dot", [](std::span<const double, 3> xs) {
      return xs[0] * xs[0] + xs[1] * xs[1] + xs[2] * xs[2];
    });
    expose("text", [](std::span<const char> xs) {
      return std::string{xs.begin(), xs.end()};
    });
    expose("keep", &reader::keep);
    expose("kept", [this] { return kept_; });
    expose("mean", [](std::vector<double> xs) {
      return std::accumulate(xs.begin(), xs.end(), 0.0)
             / static_cast<double>(xs.size());
    });
    expose("transpose", [](ndarray xs) {
      auto lengths = xs.shape();
      std::reverse(lengths.begin(), lengths.end());
      return xs.reshape(std::move(lengths));
    });
    expose("slow",
           [](shared_string text) -> task<size_t> { co_return text.size(); });
  }

  size_t size(bytes_view data) const {
    return data.size();
  }

  double sum(std::span<const double> xs) {
    return std::accumulate(xs.begin(), xs.end(), 0.0);
  }

  void keep(shared_bytes data) {
    kept_ = std::move(data);
  }

private:
  shared_bytes kept_;
};

struct fixture : container_fixture {
  options with_codec(const char* name) {
    options result;
    result.codec = codec_by_name(name);
    result.serializers = {ndarray_serializer()};
    return result;
  }

  proxy start(const char* codec) {
    auto there = must(container::create(sys, any_port, with_codec(codec)));
    auto here = must(container::create(sys, any_port, with_codec(codec)));
    auto url = there.spawn<reader>().addr();
    held = {there, here};
    return must(here.connect(url));
  }

  std::vector<aiomas::container> held;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(views_tests, fixture)

CAF_TEST(text and bytes of any size) {
  for (auto codec : {"msgpack", "msgpack_blosc"}) {
    auto remote = start(codec);
    for (size_t size : {0, 10, 5000, 3 << 20}) {
      std::string text(size, ' ');
      CAF_CHECK_EQUAL(must(remote.call<size_t>("spaces", text)), size);
      CAF_CHECK_EQUAL(must(remote.call<size_t>("slow", text)), size);
      byte_buffer data(size, std::byte{42});
      CAF_CHECK_EQUAL(must(remote.call<size_t>("size", data)), size);
      must(remote.call<void>("keep", data));
      must(remote.call<size_t>("size", byte_buffer(5000)));
      CAF_CHECK(must(remote.call<byte_buffer>("kept")) == data);
    }
  }
}

CAF_TEST(text in JSON) {
  auto remote = start("json");
  auto text
    = std::string(100'000, ' ') + "\xC3\xA4\n\"\\" + std::string(9, ' ');
  CAF_CHECK_EQUAL(must(remote.call<size_t>("spaces", text)), 100'009u);
  CAF_CHECK_EQUAL(must(remote.call<size_t>("slow", text)), text.size());
}

CAF_TEST(wrong arguments) {
  auto remote = start("msgpack");
  CAF_CHECK_EQUAL(last_line(remote.call("spaces", 1)),
                  "TypeError: spaces() argument 'text': expected str, "
                  "got int: spaces(text: str)");
  CAF_CHECK_EQUAL(last_line(remote.call("size", "x")),
                  "TypeError: size() argument 1: expected bytes, got str: "
                  "size(bytes)");
  CAF_CHECK_EQUAL(last_line(remote.call("sum", list{1.5, "x"})),
                  "TypeError: sum() argument 'xs': element 1: expected float, "
                  "got str: sum(xs: list)");
}

CAF_TEST(numbers) {
  auto remote = start("msgpack");
  std::vector<double> xs(10'000, 0.5);
  CAF_CHECK_EQUAL(must(remote.call<double>("sum", ndarray{xs})), 5000.0);
  CAF_CHECK_EQUAL(must(remote.call<double>("sum", xs)), 5000.0);
  CAF_CHECK_EQUAL(must(remote.call<double>("mean", ndarray{xs})), 0.5);
  CAF_CHECK_EQUAL(must(remote.call<double>("sum", std::span<const double>{xs})),
                  5000.0);
  CAF_MESSAGE("of another type");
  ndarray integers{std::vector<int16_t>{1, 2, 3}};
  CAF_CHECK_EQUAL(must(remote.call<double>("sum", integers)), 6.0);
  CAF_CHECK_EQUAL(last_line(remote.call("sum", "x")),
                  "TypeError: sum() argument 'xs': expected list, got str: "
                  "sum(xs: list)");
}

CAF_TEST(as many numbers as a function takes) {
  auto remote = start("msgpack");
  CAF_CHECK_EQUAL(
    must(remote.call<double>("dot", ndarray{std::vector{1, 2, 3}})), 14.0);
  double xs[] = {1, 2, 3};
  CAF_CHECK_EQUAL(must(remote.call<double>("dot", std::span{xs})), 14.0);
  CAF_CHECK_EQUAL(must(remote.call<double>("dot", list{1, 2, 3})), 14.0);
  CAF_CHECK_EQUAL(last_line(remote.call("dot", std::span{xs}.first<2>())),
                  "TypeError: dot() argument 1: expected a list of 3, got a "
                  "list of 2: dot(list)");
  CAF_CHECK_EQUAL(last_line(remote.call("dot", list{1, 2, 3, 4})),
                  "TypeError: dot() argument 1: expected a list of 3, got a "
                  "list of 4: dot(list)");
}

CAF_TEST(characters are numbers) {
  auto remote = start("msgpack");
  char text[] = {'a', 'b'};
  CAF_CHECK_EQUAL(must(remote.call<std::string>("text", std::span{text})),
                  "ab");
  CAF_CHECK_EQUAL(must(remote.call<std::string>("text", list{97, 98})), "ab");
}

CAF_TEST(arrays come and go) {
  auto remote = start("msgpack");
  auto sent = ndarray{std::vector<int>{1, 2, 3, 4, 5, 6}}.reshape({2, 3});
  auto received = must(remote.call<ndarray>("transpose", *sent));
  CAF_CHECK(received.shape() == (std::vector<size_t>{3, 2}));
  CAF_CHECK_EQUAL(received.dtype(), "<i4");
  CAF_CHECK(must(remote.call<std::vector<int>>("transpose", *sent))
            == (std::vector{1, 2, 3, 4, 5, 6}));
}

CAF_TEST(JSON has no arrays) {
  auto remote = start("json");
  auto result = remote.call<double>("sum", ndarray{std::vector{1.0}}).get();
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(
    describe(result.error()),
    "serialization_error: No serializer found for type \"bytes\"");
  CAF_CHECK_EQUAL(must(remote.call<double>("sum", std::vector{1.0})), 1.0);
}

CAF_TEST_FIXTURE_SCOPE_END()
