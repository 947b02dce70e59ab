#define CAF_SUITE tasks

#include "container_fixture.hpp"

#include "caf/aiomas/reply.hpp"
#include "caf/aiomas/run.hpp"
#include "caf/aiomas/warning.hpp"
#include "caf/aiomas/when.hpp"

#include <map>
#include <stdexcept>

namespace {

using wake_atom = atom_constant<atom("wake")>;

/// Counts what is alive, so that tests see whether frames are unwound.
class witness {
public:
  explicit witness(std::atomic<int>& alive) : alive_(&alive) {
    ++*alive_;
  }

  witness(const witness& other) : witness(*other.alive_) {
    // nop
  }

  witness& operator=(const witness&) = delete;

  ~witness() {
    --*alive_;
  }

private:
  std::atomic<int>* alive_;
};

/// Owes answers until it is told to give them.
class slow_agent : public agent {
public:
  slow_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("wait", [this](std::string name) {
      auto result = make_promise<std::string>();
      waiting_[name].push_back(result);
      return result;
    });
    expose("release", [this](std::string name) {
      for (auto& x : std::exchange(waiting_[name], {}))
        x.deliver(name);
    });
    expose("waiting",
           [this](std::string name) { return waiting_[name].size(); });
    expose("add", [](int x, int y) { return x + y; });
    expose("fail", [] { throw std::invalid_argument("no such luck"); });
  }

private:
  std::map<std::string, std::vector<promise<std::string>>> waiting_;
};

behavior adder(event_based_actor*) {
  return {
    [](int x, int y) { return x + y; },
    [](int x) -> result<int, int> {
      return {x, -x};
    },
    [](wake_atom) {},
    [](const std::string&) -> result<int> { return sec::bad_function_call; },
  };
}

using typed_adder = typed_actor<replies_to<int, int>::with<int>>;

typed_adder::behavior_type make_typed_adder() {
  return {[](int x, int y) { return x + y; }};
}

class async_agent : public agent {
public:
  async_agent(actor_config& cfg, aiomas::container c, std::atomic<int>* alive,
              std::string slow)
    : agent(cfg, std::move(c)), alive_(alive), slow_(std::move(slow)) {
    expose("ask", &async_agent::ask);
    expose("local", &async_agent::local);
    expose("typed", &async_agent::typed);
    expose("fails", &async_agent::fails);
    expose("throws", [](std::string how) -> task<int> {
      if (how == "int")
        throw 42;
      if (how == "python")
        throw python_error("KeyError", "k");
      throw std::out_of_range("beyond");
      co_return 0;
    });
    expose("keeps",
           [text = std::string(100, 'x'),
            this](std::string name) -> task<std::string> {
             co_await ask(name);
             co_return text;
           });
    expose("replace", [this] { expose("keeps", [] { return 0; }); });
    expose("stop", [this] { quit(); });
    expose("sum", [this](int n) -> task<int> {
      auto result = 0;
      for (auto i = 0; i < n; ++i)
        result += co_await twice(i);
      co_return result;
    });
    expose("itself", [this](int x, int y) -> task<int> {
      auto me = co_await this->container().connect(addr());
      co_return co_await me.call<int>("plus", x, y);
    });
    expose("plus", [](int x, int y) { return x + y; });
  }

  task<std::string> ask(std::string name) {
    witness here{*alive_};
    auto remote = co_await container().connect(slow_);
    co_return co_await remote.call<std::string>("wait", name);
  }

  task<int> local(std::string what) {
    auto calc = home_system().spawn(adder);
    if (what == "int")
      co_return co_await reply<int>(request(calc, infinite, 3, 4));
    if (what == "tuple") {
      auto [x, y]
        = co_await reply<std::tuple<int, int>>(request(calc, infinite, 5));
      co_return x - y;
    }
    if (what == "void") {
      co_await reply<void>(request(calc, infinite, wake_atom::value));
      co_return 0;
    }
    if (what == "wrong type")
      co_await reply<std::string>(request(calc, infinite, 3, 4));
    co_return co_await reply<int>(request(calc, infinite, what));
  }

  task<int> typed(int x, int y) {
    auto calc = home_system().spawn(make_typed_adder);
    co_return co_await reply(request(calc, infinite, x, y));
  }

  task<void> fails() {
    auto remote = co_await container().connect(slow_);
    co_await remote.call<void>("fail");
  }

  static task<int> twice(int x) {
    co_return 2 * x;
  }

  task<std::string> both(std::string x, std::string y) {
    auto remote = co_await container().connect(slow_);
    auto [a, b] = co_await when_all(remote.call<std::string>("wait", x),
                                    remote.call<std::string>("wait", y));
    co_return a + b;
  }

  task<size_t> either(std::string x, std::string y) {
    witness here{*alive_};
    auto first = co_await when_any(ask(x), ask(y));
    co_return first.index();
  }

  task<std::string> in_time(std::string name, std::chrono::nanoseconds limit) {
    witness here{*alive_};
    co_return co_await ask(name).timeout(limit);
  }

  task<void> ask_for_ever(std::string name) {
    co_await ask(name);
  }

private:
  std::atomic<int>* alive_;
  std::string slow_;
};

/// Collects warnings meanwhile.
class warnings {
public:
  warnings() {
    before_ = on_warning([this](const std::string& text) {
      std::lock_guard guard{mtx_};
      texts_.push_back(text);
    });
  }

  ~warnings() {
    on_warning(std::move(before_));
  }

  std::vector<std::string> texts() {
    std::lock_guard guard{mtx_};
    return texts_;
  }

private:
  std::mutex mtx_;
  std::vector<std::string> texts_;
  warning_handler before_;
};

struct fixture : container_fixture {
  fixture() {
    // nop
  }

  ~fixture() {
    near = {};
    far = {};
    CAF_CHECK(eventually([this] { return alive == 0; }));
  }

  size_t waiting(const std::string& name) {
    return must(slow_proxy.call<size_t>("waiting", name));
  }

  bool will_wait(const std::string& name, size_t n = 1) {
    return eventually([&] { return waiting(name) == n; });
  }

  void release(const std::string& name) {
    must(slow_proxy.call<void>("release", name));
  }

  std::atomic<int> alive = 0;
  container near = make_container();
  container far = make_container();
  agent_handle<slow_agent> slow = far.spawn<slow_agent>();
  agent_handle<async_agent> subject
    = near.spawn<async_agent>(&alive, slow.addr());
  proxy slow_proxy = must(near.connect(slow.addr()));
  proxy subject_proxy = must(far.connect(subject.addr()));
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(tasks_tests, fixture)

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

CAF_TEST(run does not block where it must not ) {
  auto why = in_actor([this](event_based_actor*) {
    return run(subject, &async_agent::ask, "a").error();
  });
  CAF_CHECK_EQUAL(code_of(why), errc::would_deadlock);
}

CAF_TEST(a failure of run that nobody looks at is warned about) {
  warnings seen;
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

CAF_TEST(launched tasks) {
  warnings seen;
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
  warnings seen;
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
