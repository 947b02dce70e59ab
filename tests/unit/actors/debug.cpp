#define CAF_SUITE debug

#include "container_fixture.hpp"
#include "warning_log.hpp"

#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/run.hpp"

#include <stdexcept>
#include <thread>

namespace {

class failing : public agent {
public:
  static constexpr const char* class_name = "Failing";

  failing(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("fail", [] { throw std::invalid_argument("no"); });
    expose("later", [](int) -> task<void> {
      throw std::invalid_argument("no");
      co_return;
    });
    // Slow by nature: what is tested is that time passes.
    expose("slow",
           [] { std::this_thread::sleep_for(aiomas::detail::slow_function); });
    expose("forget", [] { (void) twice(1); });
    expose("hold", [this] {
      held_ = make_promise<int>();
      return held_;
    });
    expose("release", [this] { held_.deliver(1); });
  }

  static task<int> twice(int x) {
    co_return 2 * x;
  }

private:
  promise<int> held_;
};

struct debug_config : aiomas::config {
  debug_config() {
    put(content, "caf.aiomas.debug", true);
  }
};

struct fixture {
  ~fixture() {
    aiomas::detail::set_debugging(false);
  }

  bool warned(const std::string& of) {
    return eventually([&] {
      for (auto& text : log.texts())
        if (text.find(of) != std::string::npos)
          return true;
      return false;
    });
  }

  warning_log log;
  debug_config cfg;
  actor_system sys{cfg};
  container near = must(container::create(sys, any_port));
  container far = must(container::create(sys, any_port));
  agent_handle<failing> subject = far.spawn<failing>();
  proxy remote = must(near.connect(subject.addr()));
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(debug_tests, fixture)

CAF_TEST(errors say where they come from) {
  auto why = failure(remote.call<void>("fail"));
  auto traceback = text_of(why);
  CAF_CHECK_EQUAL(traceback,
                  "Traceback (most recent call last):\n"
                  "  in Failing.fail at agents/0\n"
                  "ValueError: no\n");
  auto local = describe(why);
  CAF_CHECK(local.find("(while calling agents/0/fail of ('127.0.0.1', ")
            != std::string::npos);
  auto later = text_of(failure(remote.call<void>("later", 1)));
  CAF_CHECK(later.find("  in Failing.later at agents/0\n")
            != std::string::npos);
  auto wrong = text_of(failure(remote.call<void>("later", "x")));
  CAF_CHECK(wrong.find("  in Failing.later at agents/0\n")
            != std::string::npos);
}

CAF_TEST(slow functions) {
  must(remote.call<void>("slow"));
  CAF_CHECK(warned("slow() took 1"));
}

CAF_TEST(late replies) {
  auto why = failure(remote.call<int>("hold")
                       .timeout(std::chrono::nanoseconds{1})
                       .start()
                       .get());
  CAF_CHECK_EQUAL(code_of(why), errc::timeout);
  must(remote.call<void>("release"));
  CAF_CHECK(warned("a reply came after its caller had given up"));
}

CAF_TEST(forgotten tasks) {
  must(remote.call<void>("forget"));
  CAF_CHECK(warned("a task was never started"));
}

CAF_TEST_FIXTURE_SCOPE_END()
