#define CAF_SUITE promise

#include "container_fixture.hpp"

#include "caf/aiomas/promise.hpp"

#include <optional>

namespace {

class promising : public agent {
public:
  promising(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("begin", [this] {
      open_ = make_promise();
      return *open_;
    });
    expose("number", [this] {
      auto result = make_promise<int>();
      result.deliver(1);
      result.deliver(2);
      result.fail(make_error(errc::timeout, std::string{"too late"}));
      return result;
    });
    expose("nothing", [this] {
      auto result = make_promise<void>();
      result.deliver();
      return result;
    });
    expose("fail", [this] {
      auto result = make_promise<int>();
      result.fail(make_error(errc::handler_failed, std::string{"text"},
                             std::string{"KeyError"}));
      return result;
    });
    expose("lose", [this] { return make_promise(); });
    expose("second", [this] {
      auto first = make_promise<int>();
      auto second = make_promise<int>();
      auto was_pending = second.pending();
      second.deliver(2);
      first.deliver(was_pending ? -1 : 1);
      return first;
    });
    expose("other", [this] { return *open_; });
    expose("end", [this](std::string how) {
      if (how == "deliver")
        open_->deliver(how);
      else if (how == "quit")
        quit();
      else
        open_.reset();
    });
  }

private:
  std::optional<promise<>> open_;
};

struct fixture : container_fixture {
  container c = make_container();
  scoped_actor self{sys};

  template <class... Ts>
  auto call(const actor& target, Ts&&... xs) {
    return self->request(target, patience, invocation{std::forward<Ts>(xs)...});
  }

  template <class Handle>
  std::string end(Handle what) {
    std::string result;
    what.receive([&](value& x) { result = to_string(x); },
                 [&](error& x) { result = describe(x); });
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(promise_tests, fixture)

CAF_TEST(promises) {
  auto a = c.spawn<promising>();
  CAF_CHECK_EQUAL(end(call(a, "number")), "1");
  CAF_CHECK_EQUAL(end(call(a, "nothing")), "None");
  CAF_CHECK_EQUAL(end(call(a, "fail")), "KeyError: text");
  CAF_CHECK_EQUAL(end(call(a, "lose")),
                  "RuntimeError: the call ended without a result");
  CAF_MESSAGE("the agent handles other calls before it keeps a promise");
  auto first = call(a, "begin");
  CAF_CHECK_EQUAL(end(call(a, "end", "deliver")), "None");
  CAF_CHECK_EQUAL(end(std::move(first)), "'deliver'");
  CAF_MESSAGE("a promise that is dropped ends the call");
  auto second = call(a, "begin");
  CAF_CHECK_EQUAL(end(call(a, "end", "drop")), "None");
  CAF_CHECK_EQUAL(end(std::move(second)),
                  "RuntimeError: the call ended without a result");
}

CAF_TEST(one promise for each call) {
  auto a = c.spawn<promising>();
  CAF_CHECK_EQUAL(end(call(a, "second")), "1");
  CAF_MESSAGE("the promise of one call is no result of another");
  auto first = call(a, "begin");
  CAF_CHECK_EQUAL(end(call(a, "other")),
                  "RuntimeError: other() returned a promise that was made for "
                  "another call");
  CAF_CHECK_EQUAL(end(call(a, "end", "deliver")), "None");
  CAF_CHECK_EQUAL(end(std::move(first)), "'deliver'");
}

CAF_TEST(promises that are empty) {
  promise<int> nothing;
  CAF_CHECK(!nothing.pending());
  nothing.deliver(1);
  nothing.fail(make_error(errc::timeout, std::string{"x"}));
  CAF_CHECK(!nothing.pending());
}

CAF_TEST(promises of an agent that ends) {
  auto a = c.spawn<promising>();
  auto open = call(a, "begin");
  CAF_CHECK_EQUAL(end(call(a, "end", "quit")), "None");
  a = {}; // the promise goes with the agent
  CAF_CHECK_EQUAL(end(std::move(open)),
                  "RuntimeError: the call ended without a result");
}

CAF_TEST_FIXTURE_SCOPE_END()
