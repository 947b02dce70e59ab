#define CAF_SUITE expose

#include "fixture.hpp"

#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/service.hpp"

#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

namespace {

/// Renders the end of a call: the value, or the error.
std::string render_result(const call_result& x) {
  if (auto content = std::get_if<value>(&x))
    return to_string(*content);
  if (auto what = std::get_if<error>(&x))
    return describe(*what);
  return "deferred";
}

template <class... Ts>
std::string call(const exposed& what, Ts&&... xs) {
  auto with = arguments::of(std::forward<Ts>(xs)...);
  return render_result(what(with));
}

exposed describe_function() {
  return expose(
    "describe",
    [](std::string name, bool loud) { return name + (loud ? "!" : ""); },
    {"name", opt("loud", false).keyword_only()});
}

int add(int x, int y) {
  return x + y;
}

int half(int x) noexcept {
  return x / 2;
}

struct counter {
  int count = 0;

  int increase(int by) {
    return count += by;
  }

  int current() const {
    return count;
  }

  void reset() noexcept {
    count = 0;
  }

  int scaled(const int& factor) const noexcept {
    return count * factor;
  }
};

struct oops : std::exception {
  const char* what() const noexcept override {
    return "oh no";
  }
};

} // namespace

// -- binding ------------------------------------------------------------------

CAF_TEST(arguments by position and by keyword) {
  auto sub = expose("sub", [](int x, int y) { return x - y; }, {"x", "y"});
  CAF_CHECK_EQUAL(call(sub, 5, 3), "2");
  CAF_CHECK_EQUAL(call(sub, 5, kw("y", 3)), "2");
  CAF_CHECK_EQUAL(call(sub, kw("y", 3), kw("x", 5)), "2");
}

CAF_TEST(defaults) {
  auto f = expose("f",
                  [](int x, int y, std::string z) {
                    return list{x, y, z};
                  },
                  {"x", opt("y", 2), opt("z", "three")});
  CAF_CHECK_EQUAL(call(f, 1), "[1, 2, 'three']");
  CAF_CHECK_EQUAL(call(f, 1, 5), "[1, 5, 'three']");
  CAF_CHECK_EQUAL(call(f, 1, kw("z", "x")), "[1, 2, 'x']");
  CAF_CHECK_EQUAL(call(f, kw("z", "x"), kw("x", 0)), "[0, 2, 'x']");
  CAF_MESSAGE("each call gets the same default");
  CAF_CHECK_EQUAL(call(f, 1), "[1, 2, 'three']");
  CAF_CHECK_EQUAL(call(f),
                  "type_error: f() missing a required positional argument: "
                  "'x': f(x: int, y: int = 2, z: str = 'three')");
}

CAF_TEST(keyword only parameters) {
  auto f = describe_function();
  CAF_CHECK_EQUAL(call(f, "a"), "'a'");
  CAF_CHECK_EQUAL(call(f, "a", kw("loud", true)), "'a!'");
  CAF_CHECK_EQUAL(call(f, kw("loud", true), kw("name", "a")), "'a!'");
  CAF_CHECK_EQUAL(call(f, "a", true),
                  "type_error: describe() takes 1 positional argument but 2 "
                  "were given: describe(name: str, *, loud: bool = False)");
  auto g = expose("g",
                  [](int x, int k, int y) {
                    return list{x, k, y};
                  },
                  {"x", parameter{"k"}.keyword_only(), "y"});
  CAF_MESSAGE("positional arguments pass them by");
  CAF_CHECK_EQUAL(call(g, 1, 2, kw("k", 3)), "[1, 3, 2]");
  CAF_CHECK_EQUAL(call(g, 1, 2),
                  "type_error: g() missing a required keyword-only argument: "
                  "'k': g(x: int, *, k: int, y: int)");
}

CAF_TEST(too many and too few arguments) {
  auto none = expose("none", [] {});
  CAF_CHECK_EQUAL(call(none), "None");
  CAF_CHECK_EQUAL(call(none, 1),
                  "type_error: none() takes 0 positional "
                  "arguments but 1 was given: none()");
  auto two = expose("two", add, {"x", "y"});
  CAF_CHECK_EQUAL(call(two, 1, 2, 3),
                  "type_error: two() takes 2 positional arguments but 3 were "
                  "given: two(x: int, y: int)");
  CAF_CHECK_EQUAL(call(two, 1),
                  "type_error: two() missing a required positional argument: "
                  "'y': two(x: int, y: int)");
  CAF_CHECK_EQUAL(call(two, kw("y", 1)),
                  "type_error: two() missing a required positional argument: "
                  "'x': two(x: int, y: int)");
}

CAF_TEST(keywords that do not fit) {
  auto f = expose("f", add, {"x", "y"});
  CAF_CHECK_EQUAL(call(f, 1, 2, kw("z", 3)),
                  "type_error: f() got an unexpected keyword argument 'z': "
                  "f(x: int, y: int)");
  CAF_CHECK_EQUAL(call(f, 1, kw("x", 3)),
                  "type_error: f() got multiple values for argument 'x': "
                  "f(x: int, y: int)");
  CAF_MESSAGE("some codecs have other keys than strings");
  arguments with;
  with.args = {1, 2};
  with.kwargs.set(value{3}, value{4});
  CAF_CHECK_EQUAL(render_result(f(with)),
                  "type_error: f() keywords must be strings: "
                  "f(x: int, y: int)");
}

CAF_TEST(parameters without names) {
  auto f = expose("f", add);
  CAF_CHECK_EQUAL(call(f, 1, 2), "3");
  CAF_CHECK_EQUAL(call(f, 1),
                  "type_error: f() missing a required positional argument at "
                  "position 2: f(int, int)");
  CAF_CHECK_EQUAL(call(f, 1, kw("y", 2)),
                  "type_error: f() got an unexpected keyword argument 'y': "
                  "f(int, int)");
  CAF_CHECK_EQUAL(call(f, 1, kw("", 2)),
                  "type_error: f() got an unexpected keyword argument '': "
                  "f(int, int)");
  CAF_MESSAGE("the first ones may have names");
  auto g = expose("g", add, {"x"});
  CAF_CHECK_EQUAL(call(g, 1, 2), "3");
  CAF_CHECK_EQUAL(call(g, kw("x", 1)),
                  "type_error: g() missing a required positional argument at "
                  "position 2: g(x: int, int)");
  CAF_MESSAGE("more names than parameters are a mistake of the programmer");
  CAF_CHECK(throws<std::invalid_argument>([] {
    expose("h", add, {"x", "y", "z"});
  }));
}

CAF_TEST(arguments that do not convert) {
  auto f = describe_function();
  CAF_CHECK_EQUAL(call(f, 1),
                  "type_error: describe() argument 'name': expected str, got "
                  "int: describe(name: str, *, loud: bool = False)");
  CAF_CHECK_EQUAL(call(f, "a", kw("loud", 1)),
                  "type_error: describe() argument 'loud': expected bool, got "
                  "int: describe(name: str, *, loud: bool = False)");
  CAF_MESSAGE("the first one is told");
  auto g = expose("g", add);
  CAF_CHECK_EQUAL(call(g, "x", "y"),
                  "type_error: g() argument 1: expected "
                  "int, got str: g(int, int)");
  CAF_CHECK_EQUAL(call(g, 1, 2.0),
                  "type_error: g() argument 2: expected int, "
                  "got float: g(int, int)");
  auto h = expose("h", [](uint8_t x) { return x; });
  CAF_CHECK_EQUAL(call(h, 256),
                  "type_error: h() argument 1: expected an "
                  "integer from 0 to 255, got 256: h(int)");
  CAF_MESSAGE("a default that does not convert is no better");
  auto i = expose("i", [](int x) { return x; }, {opt("x", "one")});
  CAF_CHECK_EQUAL(call(i),
                  "type_error: i() argument 'x': expected int, got "
                  "str: i(x: int = 'one')");
}

CAF_TEST(what a signature tells of types) {
  auto f = expose("f", [](double, byte_buffer, std::vector<int>,
                          std::map<std::string, int>, list, dict, value,
                          std::optional<int>) {});
  auto text = call(f);
  CAF_CHECK_EQUAL(text.substr(text.rfind("f(")),
                  "f(float, bytes, list, dict, list, dict, object, object)");
}

// -- kinds of functions -------------------------------------------------------

CAF_TEST(free functions and function objects) {
  CAF_CHECK_EQUAL(call(expose("add", add), 1, 2), "3");
  CAF_CHECK_EQUAL(call(expose("add", &add), 1, 2), "3");
  CAF_CHECK_EQUAL(call(expose("half", half), 4), "2");
  auto next = expose("next", [n = 0]() mutable { return ++n; });
  CAF_CHECK_EQUAL(call(next), "1");
  CAF_CHECK_EQUAL(call(next), "2");
  CAF_CHECK_EQUAL(call(expose("f", [](int x) noexcept { return -x; }), 1),
                  "-1");
  std::function<int(int, int)> fun = add;
  CAF_CHECK_EQUAL(call(expose("add", fun), 1, 2), "3");
  auto named = expose("some name", add);
  CAF_CHECK_EQUAL(named.name(), "some name");
}

CAF_TEST(member functions) {
  counter x;
  CAF_CHECK_EQUAL(call(expose("f", &x, &counter::increase), 2), "2");
  CAF_CHECK_EQUAL(
    call(expose("f", &x, &counter::increase, {"by"}), kw("by", 3)), "5");
  CAF_CHECK_EQUAL(call(expose("f", &x, &counter::current)), "5");
  CAF_CHECK_EQUAL(call(expose("f", &x, &counter::scaled), 2), "10");
  CAF_CHECK_EQUAL(call(expose("f", &x, &counter::reset)), "None");
  CAF_CHECK_EQUAL(x.count, 0);
  CAF_MESSAGE("and those of a service");
  struct served : service {
    served() {
      expose("plain", &served::plain, {"x"});
      expose("constant", &served::constant);
      expose("quiet", &served::quiet);
    }

    int plain(int x) {
      return x;
    }

    int constant() const {
      return 7;
    }

    int quiet() noexcept {
      return 8;
    }
  };
  served what;
  auto call_member = [&](const char* name, auto... xs) {
    return call(*must(what.router().resolve(name)), xs...);
  };
  CAF_CHECK_EQUAL(call_member("plain", kw("x", 6)), "6");
  CAF_CHECK_EQUAL(call_member("constant"), "7");
  CAF_CHECK_EQUAL(call_member("quiet"), "8");
}

CAF_TEST(a function that takes whatever comes) {
  auto f = expose("f", [](arguments xs) { return list{xs.args, xs.kwargs}; });
  CAF_CHECK_EQUAL(call(f), "[[], {}]");
  CAF_CHECK_EQUAL(call(f, 1, "a", kw("b", 2)), "[[1, 'a'], {'b': 2}]");
  size_t seen = 0;
  auto g = expose("g", [&seen](const arguments& xs) { seen = xs.args.size(); });
  CAF_CHECK_EQUAL(call(g, 1, 2, 3), "None");
  CAF_CHECK_EQUAL(seen, 3u);
}

// -- kinds of results ---------------------------------------------------------

CAF_TEST(results) {
  CAF_CHECK_EQUAL(call(expose("f", [] { return value{1.5}; })), "1.5");
  CAF_CHECK_EQUAL(call(expose("f",
                              [] {
                                return std::vector{1, 2};
                              })),
                  "[1, 2]");
  CAF_CHECK_EQUAL(call(expose("f", [] { return "text"; })), "'text'");
  CAF_CHECK_EQUAL(call(expose("f", [] { return std::optional<int>{}; })),
                  "None");
  CAF_CHECK_EQUAL(call(expose("f", [] { return call_result{value{true}}; })),
                  "True");
}

CAF_TEST(results that may be errors) {
  CAF_CHECK_EQUAL(call(expose("f", []() -> expected<int> { return 1; })), "1");
  CAF_CHECK_EQUAL(call(expose("f", []() -> expected<void> { return {}; })),
                  "None");
  auto fail = []() -> expected<int> {
    return make_error(errc::timeout, std::string{"too slow"});
  };
  CAF_CHECK_EQUAL(call(expose("f", fail)), "timeout: too slow");
  auto fail_with_nothing
    = []() -> expected<void> { return make_error(sec::bad_function_call); };
  auto result = call(expose("f", fail_with_nothing));
  CAF_CHECK(result.find("bad_function_call") != std::string::npos);
}

CAF_TEST(results that are errors or faults) {
  CAF_CHECK_EQUAL(
    call(expose("f", [] { return make_python_error("KeyError", "'k'"); })),
    "KeyError: 'k'");
  auto half_of = [](int x) -> outcome<int> {
    if (x % 2 != 0)
      return fault{errc::invalid_argument, "odd"};
    return x / 2;
  };
  CAF_CHECK_EQUAL(call(expose("f", half_of), 4), "2");
  CAF_CHECK_EQUAL(call(expose("f", half_of), 3), "invalid_argument: odd");
}

CAF_TEST(an empty error is no failure) {
  auto fine = expose("fine", [] { return error{}; });
  CAF_CHECK_EQUAL(call(fine), "None");
}

CAF_TEST(exceptions) {
  auto thrown = [](auto x) { return call(expose("f", [x] { throw x; })); };
  CAF_CHECK_EQUAL(thrown(python_error("KeyError", "'k'")), "KeyError: 'k'");
  CAF_CHECK_EQUAL(thrown(std::out_of_range("x")), "IndexError: x");
  CAF_CHECK_EQUAL(thrown(std::invalid_argument("x")), "ValueError: x");
  CAF_CHECK_EQUAL(thrown(std::domain_error("x")), "ValueError: x");
  CAF_CHECK_EQUAL(thrown(std::bad_alloc()), "MemoryError: out of memory");
  CAF_CHECK_EQUAL(thrown(std::runtime_error("x")), "std::runtime_error: x");
  CAF_CHECK_EQUAL(thrown(oops{}), "(anonymous namespace)::oops: oh no");
  CAF_CHECK_EQUAL(thrown(42), "Exception: an exception of unknown type");
  CAF_MESSAGE("a failing function can be called again");
  auto f = expose("f", [](int x) {
    return std::vector<int>{1, 2}.at(static_cast<size_t>(x));
  });
  CAF_CHECK_EQUAL(call(f, 7).substr(0, 12), "IndexError: ");
  CAF_CHECK_EQUAL(call(f, 1), "2");
}
