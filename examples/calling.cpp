// One agent calls a method of another. The callee is a function-based actor,
// the caller a class; either could be in another process, or in Python.

#include "caf/aiomas/all.hpp"

#include <iostream>
#include <string>

using namespace caf;

namespace {

aiomas::agent_behavior callee(aiomas::agent_ptr) {
  return {
    aiomas::expose("spam",
                   [](size_t times) {
                     std::string result;
                     while (times-- > 0)
                       result += "spam";
                     return result;
                   },
                   {"times"}),
  };
}

class caller : public aiomas::agent {
public:
  static constexpr const char* class_name = "Caller";

  caller(actor_config& cfg, aiomas::container c, std::string callee_addr)
    : agent(cfg, std::move(c)), callee_addr_(std::move(callee_addr)) {
    // nop
  }

  behavior make_behavior() override {
    std::cout << to_string(*this) << " connecting to " << callee_addr_
              << std::endl;
    container()
      .connect(callee_addr_)
      .then(
        this, [this](aiomas::proxy remote) { call(remote); },
        [this](error& reason) { failed(reason); });
    return {};
  }

private:
  void call(const aiomas::proxy& remote) {
    std::cout << to_string(*this) << " connected to " << to_string(remote)
              << std::endl;
    remote.call<std::string>("spam", 3).then(
      this,
      [this](std::string result) {
        std::cout << to_string(*this) << " got " << result << std::endl;
        container().shutdown_async().detach();
      },
      [this](error& reason) { failed(reason); });
  }

  void failed(const error& reason) {
    std::cerr << aiomas::describe(reason) << '\n';
    container().shutdown_async().detach();
  }

  std::string callee_addr_;
};

void caf_main(actor_system& sys, const aiomas::config&) {
  auto c = aiomas::container::create(sys, {"localhost", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return;
  }
  auto first = c->spawn("Callee", callee);
  c->spawn<caller>(first.addr());
  aiomas::run(sys);
}

} // namespace

CAF_MAIN(aiomas::middleman)
