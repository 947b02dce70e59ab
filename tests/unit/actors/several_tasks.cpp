#define CAF_SUITE several_tasks

#include "task_fixture.hpp"

CAF_TEST_FIXTURE_SCOPE(several_tasks_tests, task_fixture)

CAF_TEST(several calls at once) {
  auto reply = begin(start(subject, &async_agent::both, "a", "b"));
  CAF_CHECK(will_wait("a"));
  CAF_CHECK(will_wait("b"));
  release("b");
  release("a");
  CAF_CHECK_EQUAL(must(reply.get()), "ab");
}

CAF_TEST(the first of several wins and the others are unwound) {
  auto reply = begin(start(subject, &async_agent::either, "a", "b"));
  CAF_CHECK(will_wait("a"));
  CAF_CHECK(will_wait("b"));
  CAF_CHECK_EQUAL(alive, 3);
  release("b");
  CAF_CHECK_EQUAL(must(reply.get()), 1u);
  CAF_CHECK(eventually([this] { return alive == 0; }));
  // The late reply is dropped; the connection stays.
  release("a");
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("plus", 1, 2)), 3);
}

CAF_TEST(one failure of several ends the wait) {
  auto result = run(subject, [](async_agent* self) -> task<int> {
    std::vector<task<int>> xs;
    xs.push_back(self->twice(1));
    xs.push_back([](async_agent* me) -> task<int> {
      co_await me->ask("a");
      co_return 1;
    }(self));
    xs.push_back([](async_agent* me) -> task<int> {
      co_await me->fails();
      co_return 1;
    }(self));
    auto ys = co_await when_all(std::move(xs));
    co_return ys.size();
  });
  CAF_CHECK_EQUAL(code_of(result.error()), errc::remote_exception);
  CAF_CHECK(eventually([this] { return alive == 0; }));
}

CAF_TEST(many at once) {
  auto all = run(subject, [](async_agent* self) -> task<int> {
    std::vector<task<int>> xs;
    for (auto i = 0; i < 100; ++i)
      xs.push_back(self->local("int"));
    auto sum = 0;
    for (auto y : co_await when_all(std::move(xs)))
      sum += y;
    co_return sum;
  });
  CAF_CHECK_EQUAL(all.value(), 700);
  auto none = run(subject, [](async_agent*) -> task<size_t> {
    auto ys = co_await when_all(std::vector<task<int>>{});
    co_return ys.size();
  });
  CAF_CHECK_EQUAL(none.value(), 0u);
  auto any = run(subject, [](async_agent*) -> task<void> {
    co_await when_any(std::vector<task<void>>{});
  });
  CAF_CHECK_EQUAL(code_of(any.error()), errc::handler_failed);
}

CAF_TEST(deadlines) {
  auto late = run(subject, &async_agent::in_time, "a", 1ms);
  CAF_CHECK_EQUAL(code_of(late.error()), errc::timeout);
  CAF_CHECK(throws<timeout_error>([&] { late.value(); }));
  CAF_CHECK(eventually([this] { return alive == 0; }));
  auto early = begin(start(subject, &async_agent::in_time, "b",
                           std::chrono::nanoseconds{patience}));
  CAF_CHECK(will_wait("b"));
  release("b");
  CAF_CHECK_EQUAL(must(early.get()), "b");
  auto call = run(
    subject,
    [](async_agent*, std::string url, aiomas::container c) -> task<void> {
      auto remote = co_await c.connect(url);
      co_await remote.call<std::string>("wait", "c").timeout(1ms);
    },
    slow.addr(), near);
  CAF_CHECK_EQUAL(code_of(call.error()), errc::timeout);
  auto begun = failure(
    start(subject, &async_agent::ask, "d").timeout(1ms).start().get());
  CAF_CHECK_EQUAL(code_of(begun), errc::timeout);
}

CAF_TEST(a call that is given up leaves nothing behind) {
  auto reply = begin(start(subject, &async_agent::either, "a", "b"));
  CAF_CHECK(will_wait("a"));
  CAF_CHECK(will_wait("b"));
  release("a");
  CAF_CHECK_EQUAL(must(reply.get()), 0u);
  // The peer's answer to the abandoned call comes late.
  release("b");
  CAF_CHECK_EQUAL(waiting("b"), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
