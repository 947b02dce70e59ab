// Agents that masters start in a node by name; interop/node_agents.py has the
// same in Python.

#include "caf/aiomas/all.hpp"

#include <cstdint>
#include <stdexcept>
#include <vector>

using namespace caf;

namespace {

class counter : public aiomas::agent {
public:
  static constexpr const char* class_name = "Counter";

  counter(actor_config& cfg, aiomas::container c, int64_t start, int64_t step)
    : agent(cfg, std::move(c)), value_(start) {
    if (start < 0)
      throw std::invalid_argument("start must not be negative");
    expose("add", [=, this] { return value_ += step; });
    expose("time", [this] { return clock().time(); });
    expose("wait", [this] {
      waiting_.push_back(make_promise<std::string>());
      return waiting_.back();
    });
    expose("waiters", [this] { return waiting_.size(); });
    expose("release", [this] {
      for (auto& x : waiting_)
        x.deliver("released");
    });
  }

private:
  int64_t value_;
  std::vector<aiomas::promise<std::string>> waiting_;
};

AIOMAS_REGISTER_AGENT("node_agents:Counter", counter(int64_t, int64_t),
                      {"start", aiomas::opt("step", 1)})

/// Is told at its start whom to call.
class caller : public aiomas::agent {
public:
  static constexpr const char* class_name = "Caller";

  caller(actor_config& cfg, aiomas::container c, aiomas::proxy friend_)
    : agent(cfg, std::move(c)), friend_(std::move(friend_)) {
    expose("ask", &caller::ask, {"x"});
  }

  aiomas::task<aiomas::value> ask(aiomas::value x) {
    co_return co_await friend_.call("service", std::move(x));
  }

private:
  aiomas::proxy friend_;
};

AIOMAS_REGISTER_AGENT("node_agents:Caller", caller(aiomas::proxy), {"friend"})

/// A factory may take its time: it goes on when somebody calls `release` of
/// the counter at `url`.
aiomas::task<aiomas::agent_ref> slowly(aiomas::container c, std::string url) {
  auto gate = co_await c.connect(std::move(url));
  co_await gate.call("wait");
  co_return aiomas::agent_ref{c.spawn<counter>(100, 1)};
}

AIOMAS_REGISTER_AGENT("node_agents:Slowly", slowly, {"url"})

} // namespace
