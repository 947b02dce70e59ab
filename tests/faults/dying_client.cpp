// Lets a server call back, and dies by SIGKILL in the middle of it:
//
//     dying_client tcp://127.0.0.1:5555/ 100
//
// dies when it has been called 100 times, with more calls pending both ways.

#include "caf/aiomas/all.hpp"
#include "interop/interop_types.hpp"

#include <csignal>
#include <iostream>
#include <string>

using namespace caf;

namespace {

class victim : public aiomas::agent {
public:
  victim(actor_config& cfg, aiomas::container c, std::string server,
         int64_t last)
    : agent(cfg, std::move(c)), server_(std::move(server)), last_(last) {
    expose("service", &victim::service);
  }

  behavior make_behavior() override {
    for (auto aid = 0; aid < 8; ++aid)
      launch(be_called_by(server_ + std::to_string(aid)));
    return {};
  }

private:
  aiomas::value service(aiomas::value x) {
    if (++called_ == last_)
      std::raise(SIGKILL);
    return x;
  }

  aiomas::task<void> be_called_by(std::string url) {
    auto remote = co_await container().connect(url);
    co_await remote.call("call_me", ref(), 2 * last_);
  }

  void on_task_failure(const error& why) override {
    std::cout << aiomas::describe(why) << std::endl;
    std::_Exit(1);
  }

  std::string server_;
  int64_t last_;
  int64_t called_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  aiomas::config cfg;
  actor_system sys{cfg};
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0},
                                     interop::echo_options({}));
  if (!c)
    return 1;
  c->spawn<victim>(argv[1], std::stoll(argv[2]));
  aiomas::run(sys);
}
