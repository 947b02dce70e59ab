#define CAF_SUITE driven_loop

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/io_timer.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

using namespace caf::aiomas::detail;
using namespace std::chrono_literals;

namespace {

struct guest final : io_loop::resident {
  guest(io_loop& home, bool& aborted) : resident(home), aborted_(&aborted) {
    // nop
  }

  void abort() override {
    *aborted_ = true;
    retire();
  }

private:
  bool* aborted_;
};

struct fixture {
  std::shared_ptr<io_loop> loop = std::make_shared<io_loop>();
  std::vector<int> seen;

  fixture() {
    loop->start_driven();
  }

  ~fixture() {
    loop->stop();
    CAF_CHECK(!io_loop::drives_any());
  }

  auto see(int what) {
    return [this, what] { seen.push_back(what); };
  }

  /// Sees `what` in `delay`.
  void see_in(std::chrono::milliseconds delay, int what) {
    loop->post([this, delay, what] {
      auto timer = std::make_shared<io_timer>(loop->context(), delay);
      timer->async_wait([this, timer, what](std::error_code) {
        io_loop::turn guard{*loop};
        seen.push_back(what);
      });
    });
    loop->poll();
  }

  void check_seen(std::vector<int> all) {
    CAF_CHECK(seen == all);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(driven_loop_tests, fixture)

CAF_TEST(nothing happens but in poll) {
  loop->post(see(1));
  loop->post(see(2));
  check_seen({});
  CAF_CHECK(loop->poll() > 0);
  check_seen({1, 2});
  CAF_CHECK_EQUAL(loop->poll(), 0u);
}

CAF_TEST(the caller is the thread of the loop meanwhile) {
  CAF_CHECK(!loop->in_loop());
  CAF_CHECK(io_loop::drives_any());
  CAF_CHECK(!io_loop::on_any_loop());
  loop->post([this] {
    CAF_CHECK(loop->in_loop());
    CAF_CHECK(io_loop::on_any_loop());
    CAF_CHECK_EQUAL(loop->poll(), 0u);
    CAF_CHECK_EQUAL(loop->advance(1s), 0u);
    loop->post(see(1));
    check_seen({});
  });
  loop->poll();
  check_seen({1});
  CAF_CHECK(!loop->in_loop());
  CAF_CHECK(!io_loop::on_any_loop());
}

CAF_TEST(other threads hand over work) {
  std::thread other{[this] {
    CAF_CHECK(!io_loop::drives_any());
    loop->post(see(1));
  }};
  other.join();
  check_seen({});
  loop->poll();
  check_seen({1});
}

CAF_TEST(time passes only when it is told to) {
  see_in(20ms, 2);
  see_in(10ms, 1);
  see_in(1h, 3);
  std::this_thread::sleep_for(30ms);
  loop->poll();
  check_seen({});
  CAF_CHECK_EQUAL(loop->advance(5ms), 0u);
  CAF_CHECK_EQUAL(loop->advance(5ms), 1u);
  check_seen({1});
  CAF_CHECK_EQUAL(loop->advance(10ms), 1u);
  check_seen({1, 2});
  CAF_CHECK_EQUAL(loop->advance(59min), 0u);
  CAF_CHECK_EQUAL(loop->advance(1min), 1u);
  check_seen({1, 2, 3});
}

CAF_TEST(stopping does what is left) {
  auto aborted = false;
  std::unique_ptr<guest> one;
  loop->post([&] { one = std::make_unique<guest>(*loop, aborted); });
  loop->poll();
  loop->post(see(1));
  loop->stop();
  check_seen({1});
  CAF_CHECK(aborted);
  CAF_CHECK(!io_loop::drives_any());
  loop->post(see(2));
  check_seen({1, 2});
}

CAF_TEST_FIXTURE_SCOPE_END()
