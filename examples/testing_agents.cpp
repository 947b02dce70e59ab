// Tests of an agent without a test framework: coroutines as plain functions,
// and a tiny runner. With CAF's test headers, see docs/testing-your-agents.md.

#include "caf/aiomas/all.hpp"
#include "caf/aiomas/test.hpp"

#include <iostream>
#include <stdexcept>

using namespace caf;

namespace {

class counter : public aiomas::agent {
public:
  counter(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("add", [this](int n) { return total_ += n; });
  }

private:
  int total_ = 0;
};

struct fixture : aiomas::test_fixture {
  aiomas::agent_handle<counter> subject = right.spawn<counter>();
};

AIOMAS_CO_TEST_BODY(fixture, counts) {
  auto remote = co_await left.connect(subject.addr());
  co_await remote.call<int>("add", 2);
  if (co_await remote.call<int>("add", 3) != 5)
    throw std::runtime_error("2 and 3 are not 5");
}

AIOMAS_CO_TEST_BODY(fixture, counts_words) {
  auto remote = co_await left.connect(subject.addr());
  co_await remote.call<int>("add", "two"); // fails
}

bool passes(const char* name, void (*test)()) {
  try {
    test();
    std::cout << name << " passed" << std::endl;
    return true;
  } catch (const std::exception& x) {
    std::cout << name << " failed: " << x.what() << std::endl;
    return false;
  }
}

} // namespace

int main() {
  auto as_planned
    = passes("counts", counts) && !passes("counts_words", counts_words);
  return as_planned ? 0 : 1;
}
