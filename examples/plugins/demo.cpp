// A plug-in: agents that a node starts for others.
//
//     aiomas node tcp://127.0.0.1:5555 --plugin demo.so
//     aiomas call tcp://127.0.0.1:5555/0 spawn '["demo:Counter", 5]'
//     aiomas call tcp://127.0.0.1:5555/1 add
//
// It is a shared library that links CAF::aiomas:
//
//     add_library(demo MODULE demo.cpp)
//     set_target_properties(demo PROPERTIES PREFIX "")
//     target_link_libraries(demo PRIVATE CAF::aiomas)

#include "caf/aiomas/all.hpp"

#include <string>
#include <utility>

using namespace caf;

namespace {

/// Made by its constructor: `spawn("demo:Counter", 5, step=2)`.
class counter : public aiomas::agent {
public:
  static constexpr const char* class_name = "Counter";

  counter(actor_config& cfg, aiomas::container c, int start, int step)
    : agent(cfg, std::move(c)), value_(start) {
    expose("add", [=, this] { return value_ += step; });
  }

private:
  int value_;
};

AIOMAS_REGISTER_AGENT("demo:Counter", counter(int, int),
                      {"start", aiomas::opt("step", 1)})

aiomas::agent_behavior greeter(aiomas::agent_ptr, std::string greeting) {
  return {aiomas::expose(
    "greet", [=](const std::string& who) { return greeting + ", " + who; },
    {"who"})};
}

/// Made by a coroutine, which asks another agent first:
/// `spawn("demo:Greeter", "tcp://…/1")`.
aiomas::task<aiomas::agent_ref> make_greeter(aiomas::container c,
                                             std::string dictionary) {
  auto source = co_await c.connect(std::move(dictionary));
  auto greeting = co_await source.call<std::string>("look_up", "hello");
  co_return c.spawn("Greeter", greeter, std::move(greeting));
}

AIOMAS_REGISTER_AGENT("demo:Greeter", make_greeter, {"dictionary"})

} // namespace
