#define CAF_SUITE tasks

#include "task_fixture.hpp"
#include "warning_log.hpp"

CAF_TEST_FIXTURE_SCOPE(tasks_tests, task_fixture)

CAF_TEST(an exposed coroutine replies when it ends) {
  auto first = begin(subject_proxy.call<std::string>("ask", "a"));
  CAF_CHECK(will_wait("a"));
  // The agent handles other calls meanwhile, and replies in any order.
  auto second = begin(subject_proxy.call<std::string>("ask", "b"));
  CAF_CHECK(will_wait("b"));
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("plus", 1, 2)), 3);
  release("b");
  CAF_CHECK_EQUAL(must(second.get()), "b");
  release("a");
  CAF_CHECK_EQUAL(must(first.get()), "a");
}

CAF_TEST(tasks await each other without growing the stack) {
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("sum", 20000)), 399980000);
}

CAF_TEST(tasks await responses of actors) {
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("local", "int")), 7);
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("local", "tuple")), 10);
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("local", "void")), 0);
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("typed", 2, 3)), 5);
  auto other = last_line(subject_proxy.call<int>("local", "other"));
  CAF_CHECK_EQUAL(other.find("CafError"), 0u);
  auto wrong = last_line(subject_proxy.call<int>("local", "wrong type"));
  CAF_CHECK_EQUAL(wrong.find("CafError"), 0u);
}

CAF_TEST(what a coroutine throws is the reply) {
  auto number = last_line(subject_proxy.call<int>("throws", "int"));
  CAF_CHECK_EQUAL(number, "Exception: an exception of unknown type");
  auto python = last_line(subject_proxy.call<int>("throws", "python"));
  CAF_CHECK_EQUAL(python, "KeyError: k");
  auto index = last_line(subject_proxy.call<int>("throws", ""));
  CAF_CHECK_EQUAL(index, "IndexError: beyond");
  auto remote = text_of(failure(subject_proxy.call<void>("fails")));
  CAF_CHECK(remote.find("ValueError: no such luck") != std::string::npos);
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("plus", 1, 2)), 3);
}

CAF_TEST(the closure lives as long as its coroutines) {
  auto reply = begin(subject_proxy.call<std::string>("keeps", "a"));
  CAF_CHECK(will_wait("a"));
  must(subject_proxy.call<void>("replace"));
  release("a");
  CAF_CHECK_EQUAL(must(reply.get()), std::string(100, 'x'));
}

CAF_TEST(an agent calls itself) {
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("itself", 1, 2)), 3);
}

CAF_TEST(an agent that ends unwinds its tasks) {
  auto reply = begin(subject_proxy.call<std::string>("ask", "a"));
  auto other = start(subject, &async_agent::ask, "b").start();
  CAF_CHECK(will_wait("a"));
  CAF_CHECK(will_wait("b"));
  must(subject_proxy.call<void>("stop"));
  auto text = last_line(failure(reply.get()));
  CAF_CHECK_EQUAL(text, "RuntimeError: the call ended without a result");
  auto why = failure(other.get());
  CAF_CHECK_EQUAL(code_of(why), errc::shut_down);
  CAF_CHECK(eventually([this] { return alive == 0; }));
}

CAF_TEST(run returns the result of a task) {
  auto ask = begin(start(subject, &async_agent::ask, "a"));
  CAF_CHECK(will_wait("a"));
  release("a");
  CAF_CHECK_EQUAL(must(ask.get()), "a");
  auto sum = run(
    subject,
    [](async_agent* self, int x) -> task<int> {
      co_return x + co_await self->twice(4);
    },
    1);
  CAF_CHECK_EQUAL(sum.value(), 9);
  auto fails = run(subject, &async_agent::fails);
  CAF_CHECK(!fails);
  CAF_CHECK_EQUAL(code_of(fails.error()), errc::remote_exception);
  CAF_CHECK(throws<remote_exception>([&] { fails.value(); }));
}

CAF_TEST(run refuses to block a worker) {
  auto why = in_actor([this](event_based_actor*) {
    return run(subject, &async_agent::ask, "a").error();
  });
  CAF_CHECK_EQUAL(code_of(why), errc::would_deadlock);
}

CAF_TEST(a failure of run that nobody looks at is warned about) {
  warning_log seen;
  run(subject, &async_agent::fails);
  auto texts = seen.texts();
  CAF_REQUIRE_EQUAL(texts.size(), 1u);
  CAF_CHECK(texts[0].find("no such luck") != std::string::npos);
}

CAF_TEST(start fails if the agent has ended) {
  stop(near, subject, "0");
  auto why = failure(start(subject, &async_agent::ask, "a"));
  CAF_CHECK_EQUAL(code_of(why), errc::shut_down);
}

CAF_TEST(launched tasks) {
  warning_log seen;
  // Fails at once, and after a suspension.
  run(subject, [](async_agent* self) -> task<void> {
    self->launch([]() -> task<void> {
      throw std::logic_error("at once");
      co_return;
    }());
    self->launch(self->fails());
    co_return;
  }).value();
  CAF_CHECK(eventually([&] { return seen.texts().size() == 2; }));
  auto texts = seen.texts();
  CAF_CHECK(texts[0].find("at once") != std::string::npos);
  CAF_CHECK(texts[0].find("async_agent('tcp://") != std::string::npos);
  CAF_CHECK(texts[1].find("no such luck") != std::string::npos);
  // The agent lives.
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("plus", 1, 2)), 3);
}

CAF_TEST(launched tasks can be cancelled) {
  warning_log seen;
  auto refs = std::make_shared<std::vector<task_ref>>();
  using refs_ptr = std::shared_ptr<std::vector<task_ref>>;
  run(
    subject,
    [](async_agent* self, refs_ptr xs) -> task<void> {
      xs->push_back(self->launch(self->ask_for_ever("a")));
      xs->push_back(self->launch(self->ask_for_ever("b"), on_cancel::report));
      co_return;
    },
    refs)
    .value();
  CAF_CHECK(will_wait("a"));
  CAF_CHECK(will_wait("b"));
  CAF_CHECK_EQUAL(alive, 2);
  run(
    subject,
    [](async_agent*, refs_ptr xs) -> task<void> {
      for (auto& x : *xs) {
        CAF_CHECK(x.running());
        x.cancel();
        CAF_CHECK(!x.running());
        x.cancel();
      }
      co_return;
    },
    refs)
    .value();
  CAF_CHECK_EQUAL(alive, 0);
  auto texts = seen.texts();
  CAF_REQUIRE_EQUAL(texts.size(), 1u);
  CAF_CHECK(texts[0].find("cancelled") != std::string::npos);
  release("a");
  CAF_CHECK_EQUAL(must(subject_proxy.call<int>("plus", 1, 2)), 3);
}

CAF_TEST(a task cancels itself) {
  run(subject, [](async_agent* self) -> task<void> {
    auto ref = std::make_shared<task_ref>();
    *ref = self->launch(
      [](async_agent* me, std::shared_ptr<task_ref> r) -> task<void> {
        co_await me->twice(1);
        co_await reply<int>(
          me->request(me->home_system().spawn(adder), infinite, 1, 2));
        r->cancel();
        co_await me->ask("never");
        CAF_ERROR("went on");
      }(self, ref));
    co_return;
  }).value();
  CAF_CHECK_EQUAL(run(subject, &async_agent::local, "int").value(), 7);
}

CAF_TEST(any actor runs tasks) {
  later<int> sum;
  later<std::string> failed;
  run_in_actor([&](event_based_actor* self) {
    launch(self, [](event_based_actor* me, later<int> to) -> task<void> {
      to.set(
        co_await reply<int>(me->request(me->spawn(adder), infinite, 1, 2)));
    }(self, sum));
    launch(
      self,
      []() -> task<void> {
        throw std::runtime_error("oops");
        co_return;
      }(),
      on_cancel::silent,
      [failed](const error& why) { failed.set(text_of(why)); });
  });
  CAF_CHECK_EQUAL(sum.get(), 3);
  CAF_CHECK_EQUAL(failed.get(), "oops");
}

CAF_TEST(exceptions carry the error) {
  auto caught = [](error why) -> std::string {
    try {
      throw_error(std::move(why));
    } catch (const remote_exception& x) {
      return "remote " + x.origin() + " " + x.remote_traceback();
    } catch (const serialization_error&) {
      return "serialization";
    } catch (const connection_error&) {
      return "connection";
    } catch (const timeout_error&) {
      return "timeout";
    } catch (const caf_error&) {
      return "caf";
    } catch (const exception& x) {
      return to_string(x.code());
    }
  };
  auto text = [](const char* what) { return std::string{what}; };
  CAF_CHECK_EQUAL(
    caught(make_error(errc::remote_exception, text("t"), text("o"))),
    "remote o t");
  CAF_CHECK_EQUAL(caught(make_error(errc::serialization_error)),
                  "serialization");
  CAF_CHECK_EQUAL(caught(make_error(errc::connection_reset)), "connection");
  CAF_CHECK_EQUAL(caught(make_error(errc::timeout)), "timeout");
  CAF_CHECK_EQUAL(caught(make_error(sec::bad_function_call)), "caf");
  CAF_CHECK_EQUAL(caught(make_error(errc::type_error)), "type_error");
}

CAF_TEST_FIXTURE_SCOPE_END()
