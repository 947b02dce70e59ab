#pragma once

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace faults {

using namespace caf;
using namespace std::literals;

/// A container to call, with agents from 0 to 7.
struct target {
  std::string url;

  /// Whether its agents call back. Others know `service` and `add` only.
  bool calls_back;
};

/// A call and what it should return.
struct planned_call {
  std::string function;
  aiomas::arguments with;
  aiomas::value want;
  std::optional<std::chrono::nanoseconds> limit;

  aiomas::pending<aiomas::value> start(const aiomas::proxy& who) {
    auto result = who.call_with(function, std::move(with));
    return limit ? std::move(result).timeout(*limit) : std::move(result);
  }
};

/// Chooses at random whom to call, and what. Each worker has its own.
class call_mix {
public:
  /// `own` is the agent that others call back.
  call_mix(uint64_t seed, std::vector<target> targets, aiomas::agent_ref own)
    : rng_(seed), targets_(std::move(targets)), own_(std::move(own)) {
    // nop
  }

  const target& pick_target() {
    return targets_[below(targets_.size())];
  }

  std::string pick_agent(const target& in) {
    return in.url + std::to_string(below(8));
  }

  /// How many calls to make at a time.
  size_t pick_batch() {
    return 1 + below(16);
  }

  /// A deadline for an attempt to connect, sometimes.
  std::chrono::nanoseconds pick_patience() {
    return below(4) == 0 ? pick_limit() : 60s;
  }

  planned_call pick_call(const target& of) {
    auto result = pick_function(of);
    if (below(4) == 0)
      result.limit = pick_limit();
    return result;
  }

private:
  size_t below(size_t n) {
    return std::uniform_int_distribution<size_t>{0, n - 1}(rng_);
  }

  /// Some of these are over before a reply can come, and one is over at once.
  std::chrono::nanoseconds pick_limit() {
    return below(200) * 100us;
  }

  planned_call pick_function(const target& of) {
    auto n = static_cast<int64_t>(below(1'000'000));
    switch (below(of.calls_back ? 10 : 8)) {
      default:
        return {"service", aiomas::arguments::of(n), n, {}};
      case 5:
      case 6:
        return {"add", aiomas::arguments::of(n, 1), n + 1, {}};
      case 7: {
        // Long enough to be sent in several pieces, sometimes.
        std::string text(below(below(8) == 0 ? 200'000 : 500), 'x');
        return {"service", aiomas::arguments::of(text), text, {}};
      }
      case 8:
        return {
          "call_me", aiomas::arguments::of(own_, 3), aiomas::list{0, 1, 2}, {}};
      case 9:
        return {"connect_to", aiomas::arguments::of(own_.addr(), n), n, {}};
    }
  }

  std::mt19937_64 rng_;
  std::vector<target> targets_;
  aiomas::agent_ref own_;
};

} // namespace faults
