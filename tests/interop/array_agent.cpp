// An agent for arrays of numbers, as NumPy's users send them:
//
//     array_agent tcp://127.0.0.1:0 msgpack
//
// prints READY and the URL of its container, and serves until it is told to
// stop by SIGINT or SIGTERM. With a folder as the third argument, it uses TLS.

#include "interop_arguments.hpp"

#include "caf/aiomas/all.hpp"

#include <cstdint>
#include <iostream>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace caf;

namespace {

using aiomas::ndarray;

/// One of each kind, in several shapes.
std::vector<ndarray> samples() {
  std::vector<uint8_t> bytes(256);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  constexpr bool bools[] = {true, false, true};
  constexpr auto infinity = std::numeric_limits<float>::infinity();
  return {
    *ndarray{std::vector{0.5, 1.5, 2.5, 3.5, 4.5, 5.5}}.reshape({2, 3}),
    ndarray{std::vector{-0.5f, 0.25f, infinity}},
    *ndarray{std::vector<int32_t>{INT32_MIN, -1, 0, INT32_MAX}}.reshape(
      {2, 1, 2}),
    ndarray{std::vector<uint64_t>{UINT64_MAX}},
    ndarray{std::move(bytes)},
    ndarray{std::span<const bool>{bools}},
    *ndarray{std::vector{42.0}}.reshape({}),
    ndarray{},
  };
}

class array_agent : public aiomas::agent {
public:
  static constexpr const char* class_name = "Arrays";

  array_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("service", [](ndarray xs) { return xs; });
    expose("numbers", [](std::vector<double> xs) { return xs; });
    expose("sum", [](std::span<const double> xs) {
      return std::accumulate(xs.begin(), xs.end(), 0.0);
    });
    expose("send_to", &array_agent::send_to);
  }

  /// Sends our own to the agent at `url`, and returns the types of those that
  /// did not come back as they were.
  aiomas::task<std::vector<std::string>> send_to(std::string url) {
    auto remote = co_await container().connect(url);
    std::vector<std::string> others;
    for (auto& xs : samples())
      if (co_await remote.call<ndarray>("service", xs) != xs)
        others.push_back(xs.dtype());
    co_return others;
  }
};

} // namespace

int main(int argc, char** argv) {
  auto args = interop::arguments::parse(argc, argv);
  if (!args) {
    std::cerr << "usage: array_agent URL [CODEC [CERTS]]\n";
    return 2;
  }
  aiomas::config cfg;
  actor_system sys{cfg};
  auto opts = args->options();
  opts.serializers = {aiomas::ndarray_serializer()};
  auto home = aiomas::container::create(sys, args->where, opts);
  if (!home) {
    std::cerr << aiomas::describe(home.error()) << '\n';
    return 1;
  }
  home->spawn<array_agent>();
  aiomas::run(
    sys, [&] { std::cout << "READY " << home->base_url() << std::endl; });
}
