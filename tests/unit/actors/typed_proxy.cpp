#define CAF_SUITE typed_proxy

#include "container_fixture.hpp"

#include "caf/aiomas/run.hpp"
#include "caf/aiomas/typed_proxy.hpp"

#include <string>
#include <vector>

namespace {

struct point {
  int x = 0; // has no conversion
};

using calculator
  = interface<fun<"add", int(int, int), "x", "y">, fun<"half", double(double)>,
              fun<"describe", std::string(const std::string&)>,
              fun<"sum", int(std::vector<int>), "numbers">,
              fun<"reset", void()>, fun<"any", value(value)>>;

/// Whose functions have to do with other agents.
using broker = interface<fun<"ask", int(typed_proxy<calculator>)>,
                         fun<"find", proxy(std::string)>>;

using nothing_at_all = interface<>;

// -- what the compiler sees ---------------------------------------------------

static_assert(has_function<calculator, "add">);
static_assert(!has_function<calculator, "ad">);
static_assert(!has_function<nothing_at_all, "add">);

static_assert(accepts_call<calculator, "add", int, int>);
static_assert(accepts_call<calculator, "add", const short&, size_t&&>);
static_assert(accepts_call<calculator, "add", value, int>);
static_assert(!accepts_call<calculator, "add">);
static_assert(!accepts_call<calculator, "add", int>);
static_assert(!accepts_call<calculator, "add", int, int, int>);
static_assert(!accepts_call<calculator, "add", int, double>);
static_assert(!accepts_call<calculator, "add", int, bool>);
static_assert(!accepts_call<calculator, "add", int, const char*>);
static_assert(!accepts_call<calculator, "add", int, point>);
static_assert(!accepts_call<calculator, "nope", int, int>);
static_assert(accepts_call<calculator, "half", int>);
static_assert(accepts_call<calculator, "half", float>);
static_assert(!accepts_call<calculator, "half", bool>);
static_assert(accepts_call<calculator, "describe", const char (&)[4]>);
static_assert(accepts_call<calculator, "describe", std::string&>);
static_assert(!accepts_call<calculator, "describe", int>);
static_assert(!accepts_call<calculator, "describe", std::nullptr_t>);
static_assert(accepts_call<calculator, "sum", std::vector<int>>);
static_assert(!accepts_call<calculator, "sum", std::vector<std::string>>);
static_assert(accepts_call<calculator, "any", std::vector<std::string>>);
static_assert(!accepts_call<calculator, "any", point>);

static_assert(accepts_call<broker, "ask", agent_ref>);
static_assert(accepts_call<broker, "ask", const agent_handle<echo_agent>&>);
static_assert(accepts_call<broker, "ask", actor>);
static_assert(accepts_call<broker, "ask", local_ref>);
static_assert(accepts_call<broker, "ask", hosted_service>);
static_assert(!accepts_call<broker, "ask", int>);
static_assert(!accepts_call<broker, "ask", proxy>); // cannot be sent on

using pair_of_int = interface<fun<"f", int(int)>, fun<"g", void()>>;

struct pair_impl {
  int f(int);
  int f_const(const int&) const noexcept;
  task<int> f_task(int);
  promise<int> f_promise(int);
  promise<> f_untyped(int);
  promise<double> f_other_promise(int);
  expected<int> f_expected(int);
  task<expected<int>> f_both(int);
  double f_double(int);
  int f_long(long);
  int f_two(int, int);
  void f_void(int);
  void g();
  task<void> g_task();
  int g_int();
};

template <class F, class G>
concept fit = implemented_by<pair_of_int, F, G>;

static_assert(fit<decltype(&pair_impl::f), decltype(&pair_impl::g)>);
static_assert(fit<decltype(&pair_impl::f_const), decltype(&pair_impl::g)>);
static_assert(fit<decltype(&pair_impl::f_task), decltype(&pair_impl::g_task)>);
static_assert(fit<decltype(&pair_impl::f_promise), decltype(&pair_impl::g)>);
static_assert(fit<decltype(&pair_impl::f_untyped), decltype(&pair_impl::g)>);
static_assert(fit<decltype(&pair_impl::f_expected), decltype(&pair_impl::g)>);
static_assert(fit<decltype(&pair_impl::f_both), decltype(&pair_impl::g)>);
static_assert(fit<int (*)(int), void (*)()>);
static_assert(!fit<decltype(&pair_impl::f_double), decltype(&pair_impl::g)>);
static_assert(
  !fit<decltype(&pair_impl::f_other_promise), decltype(&pair_impl::g)>);
static_assert(!fit<decltype(&pair_impl::f_long), decltype(&pair_impl::g)>);
static_assert(!fit<decltype(&pair_impl::f_two), decltype(&pair_impl::g)>);
static_assert(!fit<decltype(&pair_impl::f_void), decltype(&pair_impl::g)>);
static_assert(!fit<decltype(&pair_impl::f), decltype(&pair_impl::g_int)>);
static_assert(!fit<decltype(&pair_impl::g), decltype(&pair_impl::f)>);
static_assert(!implemented_by<pair_of_int, decltype(&pair_impl::f)>);
static_assert(!implemented_by<pair_of_int>);
static_assert(implemented_by<nothing_at_all>);

// -- implementations ----------------------------------------------------------

class calculating : public agent {
public:
  calculating(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    implement<calculator>(&calculating::add, &calculating::half,
                          &calculating::describe, &calculating::sum,
                          &calculating::reset, [](value x) { return x; });
  }

  task<int> add(int x, int y) {
    co_return x + y;
  }

  double half(double x) const noexcept {
    return x / 2;
  }

  std::string describe(const std::string& what) {
    if (what.empty())
      throw python_error("ValueError", "nothing to describe");
    return "a " + what;
  }

  expected<int> sum(std::vector<int> xs) {
    auto result = 0;
    for (auto x : xs)
      result += x;
    return result;
  }

  void reset() {
    // nop
  }
};

class brokering : public service {
public:
  explicit brokering(agent_ref known) : known_(std::move(known)) {
    implement<broker>(&brokering::ask,
                      [this](const std::string&) { return known_; });
  }

  promise<int> ask(typed_proxy<calculator> whom) {
    auto result = make_promise<int>();
    whom.call<"add">(1, 2).then(
      self(), [=](int x) { result.deliver(x); }, result);
    return result;
  }

  scheduled_actor* self() const {
    return service::self();
  }

private:
  agent_ref known_;
};

/// Broker of a container: a function-based agent.
agent_behavior broker_agent(agent_ptr self, agent_ref known) {
  implement<broker>(
    self,
    [self](typed_proxy<calculator> whom) {
      auto result = self->make_promise<int>();
      whom.call<"add">(1, 2).then(
        self, [=](int x) { result.deliver(x); }, result);
      return result;
    },
    [known](const std::string&) { return known; });
  return {};
}

struct fixture : container_fixture {
  container near = make_container();
  container far = make_container();
  agent_handle<calculating> target = far.spawn<calculating>();
  proxy remote = must(near.connect(target.addr()));
  typed_proxy<calculator> calc{remote};
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(typed_proxy_tests, fixture)

CAF_TEST(calls) {
  CAF_CHECK_EQUAL(must(calc.call<"add">(3, 4)), 7);
  CAF_CHECK_EQUAL(must(calc.call<"half">(3)), 1.5);
  CAF_CHECK_EQUAL(must(calc.call<"describe">("sheep")), "a sheep");
  CAF_CHECK_EQUAL(must(calc.call<"sum">(std::vector{1, 2, 3})), 6);
  CAF_CHECK_EQUAL(must(calc.call<"any">(std::vector{1, 2})),
                  (value{list{value{1}, value{2}}}));
  must(calc.call<"reset">());
  static_assert(
    std::is_same_v<decltype(calc.call<"add">(1, 2)), pending<int, value>>);
  static_assert(
    std::is_same_v<decltype(calc.call<"reset">()), pending<void, value>>);
}

CAF_TEST(parameters have names for other callers) {
  CAF_CHECK_EQUAL(must(remote.call<int>("add", kw("y", 1), kw("x", 2))), 3);
  auto text = last_line(remote.call("add", 1));
  CAF_CHECK(text.ends_with("add(x: int, y: int)"));
}

CAF_TEST(calls that fail) {
  CAF_CHECK_EQUAL(last_line(calc.call<"describe">("")),
                  "ValueError: nothing to describe");
  CAF_MESSAGE("numbers out of range are refused by the receiver");
  auto text = last_line(calc.call<"add">(1, uint64_t{1} << 40));
  CAF_CHECK(text.starts_with("TypeError: add() argument 'y'"));
  CAF_MESSAGE("what the other side lacks");
  typed_proxy<broker> wrong{remote};
  CAF_CHECK_EQUAL(last_line(wrong.call<"find">("x")),
                  "LookupError: Name \"find\" not found in \"agents/0\"");
  CAF_MESSAGE("results of other types");
  using liar = interface<fun<"describe", int(std::string)>>;
  auto what = failure(typed_proxy<liar>{remote}.call<"describe">("x"));
  CAF_CHECK_EQUAL(code_of(what), errc::type_error);
  must(far.shutdown());
  CAF_CHECK_EQUAL(code_of(failure(calc.call<"add">(1, 2))),
                  errc::connection_closed);
}

CAF_TEST(handles) {
  typed_proxy<calculator> nobody;
  CAF_CHECK(!nobody);
  CAF_CHECK(calc);
  CAF_CHECK(calc == typed_proxy<calculator>{remote});
  CAF_CHECK(calc.untyped() == remote);
  CAF_CHECK_EQUAL(to_string(calc), to_string(remote));
}

CAF_TEST(agents as arguments and results) {
  auto other = near.spawn(broker_agent, target);
  auto asking = typed_proxy<broker>{must(far.connect(other.addr()))};
  CAF_CHECK_EQUAL(must(asking.call<"ask">(target)), 3);
  CAF_CHECK_EQUAL(must(asking.call<"ask">(target.as_actor())), 3);
  auto local = far.spawn(broker_agent, target);
  auto found = must(
    typed_proxy<broker>{must(near.connect(local.addr()))}.call<"find">("x"));
  CAF_CHECK_EQUAL(must(typed_proxy<calculator>{found}.call<"add">(1, 2)), 3);
}

CAF_TEST(services) {
  auto service = hosted_service::make<brokering>(sys, target);
  auto server = must(rpc::start_server(sys, any_port, service));
  auto client = must(rpc::open_connection(sys, server.address()));
  typed_proxy<broker> there{client.remote()};
  auto what = failure(there.call<"find">("x"));
  CAF_CHECK(last_line(what).find("not exposed") != std::string::npos);
}

CAF_TEST(in coroutines) {
  auto asking = near.spawn([](agent_ptr) { return agent_behavior{}; });
  auto sum = run(
    asking,
    [](agent_ptr, typed_proxy<calculator> whom) -> task<int> {
      auto x = co_await whom.call<"add">(1, 2);
      co_return co_await whom.call<"add">(x, 3);
    },
    calc);
  CAF_CHECK_EQUAL(sum.value(), 6);
}

CAF_TEST_FIXTURE_SCOPE_END()
