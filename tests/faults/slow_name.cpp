// Ends while a name is looked up that nobody ever answers for: in the meantime
// other connects work, and neither the actor system nor the process waits.

#include "caf/aiomas/all.hpp"
#include "caf/aiomas/detail/look_up.hpp"

#include <unistd.h>

#include <atomic>
#include <iostream>

using namespace caf;

namespace {

std::atomic<bool> asked = false;

aiomas::detail::host_entry never_answer(const std::string&) {
  asked = true;
  asked.notify_all();
  for (;;)
    ::pause();
}

int fail(const error& what) {
  std::cerr << aiomas::describe(what) << '\n';
  return 1;
}

int run() {
  aiomas::config cfg;
  actor_system sys{cfg};
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!c)
    return fail(c.error());
  aiomas::options opts;
  opts.connect_timeout = aiomas::options::forever;
  aiomas::channel::open_connection(sys, {"slow.example", 5555}, opts).detach();
  c->connect("tcp://slow.example:5555/0").detach();
  asked.wait(false);
  if (auto other = aiomas::channel::open_connection(sys, c->address()).get();
      !other)
    return fail(other.error());
  std::cout << "connected" << std::endl;
  if (auto closed = c->shutdown(); !closed)
    return fail(closed.error());
  return 0;
}

} // namespace

int main() {
  aiomas::detail::use_resolver(never_answer);
  auto result = run();
  std::cout << "system ended" << std::endl;
  return result;
}
