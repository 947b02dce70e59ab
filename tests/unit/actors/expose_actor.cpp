#define CAF_SUITE expose_actor

#include "exposing.hpp"

namespace {

// -- what the compiler sees ---------------------------------------------------

static_assert(understands<calculator, int(add_atom, int, int)>);
static_assert(understands<calculator, std::tuple<int, std::string>(get_atom)>);
static_assert(understands<calculator, caf::result<int, std::string>(get_atom)>);
static_assert(understands<calculator, void(set_atom, const std::string&)>);
static_assert(understands<calculator, delegated<double>(double)>);
static_assert(!understands<calculator, int(sub_atom, int, int)>);
static_assert(!understands<calculator, int(int, int)>);
static_assert(!understands<calculator, double(add_atom, int, int)>);
static_assert(!understands<calculator, int(get_atom)>);
static_assert(!understands<calculator, void(add_atom, int, int)>);
static_assert(!understands<calculator, int(set_atom, std::string)>);
static_assert(understands<actor, int(std::string)>);

} // namespace

CAF_TEST_FIXTURE_SCOPE(expose_actor_tests, exposing_fixture)

// -- calls --------------------------------------------------------------------

CAF_TEST(dynamically typed actors) {
  auto [hdl, remote, aid] = make();
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 3, 4)), 7);
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 3)), 13);
  CAF_CHECK_EQUAL(must(remote.call<int>("add", kw("y", 1), kw("x", 2))), 3);
  CAF_CHECK_EQUAL(must(remote.call<double>("half", 3)), 1.5);
  CAF_CHECK(must(remote.call("set", kw("text", "new"))).is_null());
  CAF_CHECK_EQUAL(must(remote.call<std::string>("get")), "new");
  CAF_CHECK_EQUAL(to_string(must(remote.call("pair", 1))), "[1, '1']");
  CAF_CHECK_EQUAL(must(remote.call<double>("tagged", 1)), 1.0);
}

CAF_TEST(statically typed actors) {
  auto hdl = sys.spawn(typed);
  auto url = must(
    c.expose(hdl, {method<int(add_atom, int, int)>("add"),
                   method<caf::result<int, std::string>(get_atom)>("get"),
                   method<double(double)>("half"),
                   method<void(set_atom, std::string)>("set")}));
  auto remote = at(url);
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 3, 4)), 7);
  CAF_CHECK_EQUAL(to_string(must(remote.call("get"))), "[7, 'seven']");
  CAF_CHECK_EQUAL(must(remote.call<double>("half", 3)), 1.5);
  CAF_CHECK(must(remote.call("set", "x")).is_null());
}

CAF_TEST(composed actors) {
  auto twice
    = sys.spawn([]() -> behavior { return {[](int x) { return 2 * x; }}; });
  auto next
    = sys.spawn([]() -> behavior { return {[](int x) { return x + 1; }}; });
  auto remote = at(must(c.expose(twice * next, {method<int(int)>("f")})));
  CAF_CHECK_EQUAL(must(remote.call<int>("f", 3)), 8);
  CAF_MESSAGE("goes when one of its parts does");
  anon_send_exit(next, exit_reason::user_shutdown);
  CAF_CHECK(is_forgotten("0"));
  auto adder = sys.spawn(typed);
  using half = typed_actor<replies_to<int>::with<double>>;
  auto halve = sys.spawn(
    []() -> half::behavior_type { return {[](int x) { return x / 2.0; }}; });
  auto both = at(
    must(c.expose(halve * adder, {method<double(add_atom, int, int)>("f")})));
  CAF_CHECK_EQUAL(must(both.call<double>("f", 2, 1)), 1.5);
}

CAF_TEST(blocking actors) {
  auto hdl = sys.spawn<detached>([](blocking_actor* who) {
    auto running = true;
    who->receive_while(running)([](int x) { return x + 1; },
                                [&](get_atom) {
                                  running = false;
                                  throw std::runtime_error("x");
                                });
  });
  auto remote = at(must(
    c.expose(hdl, {method<int(int)>("next"), method<int(get_atom)>("end")})));
  CAF_CHECK_EQUAL(must(remote.call<int>("next", 1)), 2);
  CAF_CHECK_EQUAL(last_line(remote.call("end")), has_ended);
}

CAF_TEST(actors in the thread of the connection) {
  options opts;
  opts.dispatch = dispatch_mode::inlined;
  auto inlined = make_container(any_port, opts);
  auto hdl = sys.spawn(dynamic);
  auto remote
    = at(must(inlined.expose(hdl, {method<int(add_atom, int, int)>("add"),
                                   method<int(std::string)>("act")})));
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 3, 4)), 7);
  auto kept = begin(remote.call("act", "keep"));
  CAF_CHECK_EQUAL(last_line(remote.call("act", "throw")), has_thrown);
  CAF_CHECK_EQUAL(last_line(failure(kept.get())), has_ended);
}

CAF_TEST(replies that come later or from others) {
  auto [hdl, remote, aid] = make();
  CAF_CHECK_EQUAL(must(remote.call<int>("act", "promise")), 2);
  auto adder = sys.spawn([]() -> behavior {
    return {[](add_atom, int x, int y) { return x + y; }};
  });
  auto delegating = sys.spawn([adder](event_based_actor* who) -> behavior {
    return {[=](int x) { return who->delegate(adder, add_atom::value, x, 1); }};
  });
  auto there = at(must(c.expose(delegating, {method<int(int)>("next")})));
  CAF_CHECK_EQUAL(must(there.call<int>("next", 1)), 2);
}

// -- names --------------------------------------------------------------------

CAF_TEST(ids and class names) {
  c.spawn<echo_agent>();
  auto hdl = sys.spawn(dynamic);
  auto first = must(c.expose(hdl, {}));
  CAF_CHECK_EQUAL(first, c.base_url() + "1");
  auto second = must(
    c.expose(hdl, {method<int(add_atom, int, int)>("add")}, as("Calculator")));
  CAF_CHECK_EQUAL(second, c.base_url() + "2");
  auto last = c.spawn<echo_agent>();
  CAF_CHECK_EQUAL(last.addr(), c.base_url() + "3");
  CAF_CHECK_EQUAL(at(first).class_name(), "dynamic");
  CAF_CHECK_EQUAL(to_string(at(second)), "CalculatorProxy('" + second + "')");
  CAF_CHECK_EQUAL(must(at(second).call<int>("add", 1, 2)), 3);
}

CAF_TEST(paths) {
  auto [hdl, remote, aid] = make();
  auto raw = connect_raw(c).remote();
  CAF_CHECK_EQUAL(must(raw.call<int>("agents/0/add", 1, 2)), 3);
  CAF_CHECK_EQUAL(must(raw["agents"]["0"]["add"].call<int>(1, 2)), 3);
  auto says = [&](std::string_view path) { return last_line(raw.call(path)); };
  CAF_CHECK_EQUAL(says("agents/0"),
                  "TypeError: 'dynamic' object is not callable");
  CAF_CHECK_EQUAL(says("agents/0/"),
                  "LookupError: Name \"\" not found in \"agents/0\"");
  CAF_CHECK_EQUAL(says("agents/0/x"),
                  "LookupError: Name \"x\" not found in \"agents/0\"");
  CAF_CHECK_EQUAL(says("agents/0/x/y"),
                  "LookupError: Name \"x\" not found in \"agents/0\"");
  CAF_CHECK_EQUAL(says("agents/0/add/y/z"),
                  "LookupError: Name \"y\" not found in \"agents/0/add\"");
  CAF_CHECK_EQUAL(says("agents/0/add/"),
                  "LookupError: Name \"\" not found in \"agents/0/add\"");
  CAF_CHECK_EQUAL(says("agents/1/add"),
                  "LookupError: Name \"1\" not found in \"agents\"");
  CAF_CHECK_EQUAL(says("agents/"),
                  "LookupError: Name \"\" not found in \"agents\"");
  CAF_CHECK_EQUAL(says("agents"),
                  "TypeError: 'ServiceDict' object is not callable");
  CAF_CHECK_EQUAL(says(""), "LookupError: Name \"\" not found in \"\"");
  CAF_CHECK_EQUAL(says("/agents/0/add"),
                  "LookupError: Name \"\" not found in \"\"");
  CAF_CHECK_EQUAL(says("validate_aid/x"),
                  "LookupError: Name \"x\" not found in \"validate_aid\"");
}

CAF_TEST(handles travel as paths) {
  auto [hdl, remote, aid] = make();
  CAF_MESSAGE("as results");
  auto me = must(remote.call<proxy>("me"));
  CAF_CHECK_EQUAL(must(me.call<int>("add", 1, 2)), 3);
  CAF_MESSAGE("as arguments");
  auto target = other.spawn([](agent_ptr who) {
    return agent_behavior{expose("ask", [who](proxy whom) {
      auto result = who->make_promise<int>();
      whom.call<int>("add", 1, 2)
        .then(
          who, [=](int x) { result.deliver(x); }, result);
      return result;
    })};
  });
  auto near = must(c.connect(target.addr()));
  CAF_CHECK_EQUAL(must(near.call<int>("ask", hdl)), 3);
  CAF_MESSAGE("typed ones, too");
  auto adder = sys.spawn(typed);
  must(c.expose(adder, {method<int(add_atom, int, int)>("add")}));
  CAF_CHECK_EQUAL(must(near.call<int>("ask", adder)), 3);
  CAF_MESSAGE("unless nobody exposed them");
  auto unknown = sys.spawn(dynamic);
  auto what = failure(near.call<int>("ask", unknown));
  CAF_CHECK_EQUAL(code_of(what), errc::serialization_error);
  anon_send_exit(unknown, exit_reason::user_shutdown);
}

// -- what cannot be exposed ---------------------------------------------------

CAF_TEST(bad calls of expose) {
  auto code = [&](const actor& hdl, method_list<actor> methods) {
    return code_of(failure(c.expose(hdl, std::move(methods))));
  };
  CAF_CHECK_EQUAL(code({}, {}), errc::invalid_argument);
  auto hdl = sys.spawn(dynamic);
  CAF_CHECK_EQUAL(code(hdl, {method<int(int)>("")}), errc::invalid_argument);
  CAF_CHECK_EQUAL(code(hdl, {method<int(int)>("a/b")}), errc::invalid_argument);
  CAF_CHECK_EQUAL(code(hdl, {method<int(int)>("a"), method<int(bool)>("a")}),
                  errc::invalid_argument);
  CAF_CHECK(throws<std::invalid_argument>([] {
    method<int(add_atom, int)>("f", {"x", "y"});
  }));
  must(c.shutdown());
  CAF_CHECK_EQUAL(code(hdl, {}), errc::shut_down);
}

CAF_TEST(actors that have ended before) {
  auto hdl = sys.spawn(dynamic);
  anon_send_exit(hdl, exit_reason::user_shutdown);
  CAF_CHECK(ends(hdl));
  must(c.expose(hdl, {method<int(add_atom, int, int)>("add")}));
  CAF_CHECK(is_forgotten("0"));
  CAF_CHECK_EQUAL(last_line(connect_raw(c).remote().call("agents/0/add", 1, 2)),
                  "LookupError: Name \"0\" not found in \"agents\"");
}

// -- bad arguments and results ------------------------------------------------

CAF_TEST(arguments that do not fit) {
  auto [hdl, remote, aid] = make();
  auto signature = ": add(x: int, y: int = 10)";
  auto says
    = [&](auto&&... xs) { return last_line(remote.call("add", xs...)); };
  CAF_CHECK_EQUAL(says(),
                  "TypeError: add() missing a required positional argument: 'x'"
                    + std::string{signature});
  CAF_CHECK_EQUAL(says(1, 2, 3),
                  "TypeError: add() takes 2 positional arguments but 3 were "
                  "given"
                    + std::string{signature});
  CAF_CHECK_EQUAL(says(1, kw("z", 2)),
                  "TypeError: add() got an unexpected keyword argument 'z'"
                    + std::string{signature});
  CAF_CHECK_EQUAL(says(1, "a"),
                  "TypeError: add() argument 'y': expected int, got str"
                    + std::string{signature});
  CAF_CHECK(
    says(1, uint64_t{1} << 40).starts_with("TypeError: add() argument"));
  CAF_CHECK_EQUAL(last_line(remote.call("refuse", 1)), "ValueError: no way in");
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(errors of the actor) {
  auto [hdl, remote, aid] = make();
  auto says
    = [&](const char* how) { return last_line(remote.call("act", how)); };
  CAF_CHECK(says("error").starts_with("CafError: "));
  CAF_CHECK(says("error").find("bad_function_call") != std::string::npos);
  CAF_CHECK(says("promise error").find("bad_function_call")
            != std::string::npos);
  CAF_CHECK_EQUAL(says("python"), "KeyError: spam");
  CAF_CHECK(says("delegate").find("unexpected_message") != std::string::npos);
  CAF_MESSAGE("the actor lives on");
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(messages that the actor does not understand) {
  auto remote = at(must(
    c.expose(sys.spawn([]() -> behavior { return {[](int x) { return x; }}; }),
             {method<int(std::string)>("f"), method<int(int)>("g")})));
  auto text = last_line(remote.call("f", "x"));
  CAF_CHECK(text.starts_with("CafError: "));
  CAF_CHECK(text.find("unexpected_message") != std::string::npos);
  CAF_CHECK_EQUAL(must(remote.call<int>("g", 1)), 1);
}

CAF_TEST(responses of other types) {
  auto [hdl, remote, aid] = make();
  auto says
    = [&](const char* name) { return last_line(remote.call(name, true)); };
  CAF_CHECK_EQUAL(
    says("lie"), "CafError: the actor replied with (\"a str\") instead of int");
  CAF_CHECK(last_line(remote.call("unknown", 1)).ends_with("instead of int"));
  CAF_CHECK_EQUAL(
    says("lie_twice"),
    "CafError: the actor replied with (\"a str\") instead of (int, int)");
  CAF_CHECK_EQUAL(
    says("lie_void"),
    "CafError: the actor replied with (\"a str\") instead of nothing");
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(results that do not convert) {
  auto remote = at(must(c.expose(
    sys.spawn([]() -> behavior { return {[](int x) { return refusing{x}; }}; }),
    {method<refusing(int)>("f")})));
  CAF_CHECK_EQUAL(last_line(remote.call("f", 1)), "IndexError: no way out");
  CAF_MESSAGE("or cannot be encoded");
  auto bytes = at(must(c.expose(sys.spawn([]() -> behavior {
    return {[](int) { return value{byte_buffer(3)}; }};
  }),
                                {method<value(int)>("f")})));
  CAF_CHECK(last_line(bytes.call("f", 1)).find("SerializationError")
            != std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
