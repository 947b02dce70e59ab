#define CAF_SUITE task_ends

#include "container_fixture.hpp"
#include "warning_log.hpp"
#include "witness.hpp"

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/reply.hpp"
#include "caf/aiomas/run.hpp"
#include "caf/aiomas/when.hpp"

#include <atomic>
#include <stdexcept>

namespace {

/// Takes requests and never answers.
behavior silent(event_based_actor* self) {
  auto owed = std::make_shared<std::vector<response_promise>>();
  return {[=](int) {
    owed->push_back(self->make_response_promise());
    return owed->back();
  }};
}

class base_agent : public agent {
public:
  using agent::agent;

  task<int> inherited(int x) const {
    co_return x;
  }
};

class ending_agent : public base_agent {
public:
  ending_agent(actor_config& cfg, aiomas::container c, std::atomic<int>* alive,
               actor nobody)
    : base_agent(cfg, std::move(c)), alive_(alive), nobody_(std::move(nobody)) {
    expose("add", [](int x, int y) { return x + y; });
    expose("empty", [] { return task<int>{}; });
    expose("wait", &ending_agent::wait);
    expose("quit then wait", [this]() -> task<void> {
      quit();
      co_await wait();
    });
  }

  ~ending_agent() override = default;

  task<void> wait() {
    witness here{*alive_};
    co_await reply<int>(request(nobody_, infinite, 1));
  }

  task<void> never_a_task(int) {
    throw std::invalid_argument("plain");
  }

  task<int> quick(int x) noexcept {
    co_return x;
  }

  /// Restarts what failed.
  void on_task_failure(const error& why) override {
    ++failures;
    if (code_of(why) == errc::cancelled)
      launch(wait(), on_cancel::report);
  }

  task<void> launch_some() {
    for (auto i = 0; i < 3; ++i)
      launch(wait(), on_cancel::report);
    co_return;
  }

  task<void> end() {
    quit();
    co_return;
  }

  /// A task whose guard gives the task up that it belongs to.
  task<void> guarded(std::shared_ptr<task_ref> own) {
    struct guard {
      std::shared_ptr<task_ref> ref;
      ~guard() {
        ref->cancel();
      }
    } cancels{own};
    co_await wait();
  }

  task<void> launch_guarded() {
    auto own = std::make_shared<task_ref>();
    *own = launch(guarded(own), on_cancel::report);
    co_return;
  }

  /// Gives requests up until the actor is full of them, if it keeps them.
  task<size_t> abandon(int n) {
    for (auto i = 0; i < n; ++i)
      co_await when_any(wait(), inherited(i));
    co_return n;
  }

  std::atomic<int> failures = 0;

private:
  std::atomic<int>* alive_;
  actor nobody_;
};

/// A codec that tells how many connections there are.
class counted_codec : public json_codec {
public:
  explicit counted_codec(std::atomic<int>& alive) : here_(alive) {
    // nop
  }

private:
  witness here_;
};

class throwing_agent : public agent {
public:
  throwing_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("a/b", [] { return 0; });
  }
};

struct fixture : container_fixture {
  ~fixture() {
    subject = {};
    near = {};
    CAF_CHECK(eventually([this] { return alive == 0; }));
    anon_send_exit(nobody, exit_reason::user_shutdown);
  }

  bool known(const std::string& aid) {
    return !must(connect_raw(near).remote().call("validate_aid", aid))
              .is_null();
  }

  warning_log log;
  std::atomic<int> alive = 0;
  container near = make_container();
  actor nobody = sys.spawn(silent);
  agent_handle<ending_agent> subject = near.spawn<ending_agent>(&alive, nobody);
  container client = make_container();
  proxy remote = must(client.connect(subject.addr()));
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(task_ends_tests, fixture)

CAF_TEST(waiting after quit ends the agent all the same) {
  auto what = begin(remote.call<void>("quit then wait"));
  auto text = last_line(failure(what.get()));
  CAF_CHECK(text.find("Error") != std::string::npos);
  CAF_CHECK(eventually([this] { return !known("0"); }));
  CAF_CHECK(ends(subject.as_actor()));
}

CAF_TEST(failures are not restarted in an agent that ends) {
  run(subject, &ending_agent::launch_some).value();
  CAF_CHECK(eventually([this] { return alive == 3; }));
  anon_send_exit(subject.as_actor(), exit_reason::user_shutdown);
  CAF_CHECK(ends(subject.as_actor()));
  CAF_CHECK(eventually([this] { return alive == 0; }));
  CAF_CHECK_EQUAL(log.texts().size(), 3u);
}

CAF_TEST(a guard that cancels its own task) {
  run(subject, &ending_agent::launch_guarded).value();
  CAF_CHECK(eventually([this] { return alive == 1; }));
  anon_send_exit(subject.as_actor(), exit_reason::user_shutdown);
  CAF_CHECK(ends(subject.as_actor()));
  CAF_CHECK(eventually([this] { return alive == 0; }));
  CAF_CHECK_EQUAL(log.texts().size(), 1u);
}

CAF_TEST(empty tasks are errors) {
  auto text = last_line(remote.call<int>("empty"));
  CAF_CHECK_EQUAL(text, "std::logic_error: the task is empty");
  auto awaited
    = run(subject, [](ending_agent*) -> task<void> { co_await task<void>{}; });
  CAF_CHECK_EQUAL(code_of(awaited.error()), errc::handler_failed);
  auto several = run(subject, [](ending_agent* self) -> task<void> {
    co_await when_all(task<void>{}, self->quick(1));
  });
  CAF_CHECK_EQUAL(code_of(several.error()), errc::handler_failed);
  auto started = run(subject, [](ending_agent*) { return task<void>{}; });
  CAF_CHECK_EQUAL(code_of(started.error()), errc::handler_failed);
  auto launched = run(subject, [](ending_agent* self) -> task<void> {
    self->launch(task<void>{});
    co_return;
  });
  CAF_CHECK_EQUAL(code_of(launched.error()), errc::handler_failed);
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(what throws instead of making a task does not end the agent) {
  auto result = run(subject, &ending_agent::never_a_task, 1);
  CAF_CHECK_EQUAL(text_of(result.error()), "plain");
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(inherited members and those that promise more) {
  CAF_CHECK_EQUAL(run(subject, &ending_agent::inherited, 1).value(), 1);
  CAF_CHECK_EQUAL(run(subject, &base_agent::inherited, 2).value(), 2);
  CAF_CHECK_EQUAL(run(subject, &ending_agent::quick, 3).value(), 3);
}

CAF_TEST(requests that are given up leave the actor) {
  CAF_CHECK_EQUAL(run(subject, &ending_agent::abandon, 1000).value(), 1000u);
  CAF_CHECK_EQUAL(alive, 0);
  // It ends at once, although none of them was answered.
  anon_send_exit(subject.as_actor(), exit_reason::user_shutdown);
  CAF_CHECK(ends(subject.as_actor()));
}

CAF_TEST(an agent whose constructor throws was never there) {
  CAF_CHECK(
    throws<std::invalid_argument>([this] { near.spawn<throwing_agent>(); }));
  auto what = failure(client.connect(near.base_url() + "1"));
  CAF_CHECK_EQUAL(code_of(what), errc::no_such_agent);
  auto next = near.spawn<ending_agent>(&alive, nobody);
  CAF_CHECK_EQUAL(next.addr(), near.base_url() + "2");
  CAF_CHECK(known("2"));
}

CAF_TEST(callers that are gone are not kept) {
  std::atomic<int> codecs = 0;
  options opts;
  opts.codec = [&codecs] { return std::make_unique<counted_codec>(codecs); };
  auto c = make_container(any_port, opts);
  c.spawn<ending_agent>(&alive, nobody);
  for (auto i = 0; i < 20; ++i) {
    auto peer = connect_raw(c);
    auto call = begin(peer.remote().call("agents/0/wait"));
    CAF_CHECK(eventually([&] { return alive == i + 1; }));
    peer.close();
    (void) call.get();
  }
  // The calls are still under way, but their connections are gone.
  CAF_CHECK_EQUAL(alive, 20);
  CAF_CHECK(eventually([&] { return codecs <= 1; }));
  must(c.shutdown());
}

CAF_TEST_FIXTURE_SCOPE_END()
