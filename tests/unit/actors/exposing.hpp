#pragma once

/// What the suites of exposed actors share: actors that know nothing of this
/// library.

#include "container_fixture.hpp"

#include "caf/aiomas/method.hpp"

#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using add_atom = atom_constant<atom("add")>;
using sub_atom = atom_constant<atom("sub")>;
using set_atom = atom_constant<atom("set")>;
using get_atom = atom_constant<atom("get")>;
using fine_atom = atom_constant<atom("fine")>;

namespace aiomas_test {

/// A constant that is no atom.
struct half_tag {};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, half_tag&) {
  return f();
}

/// Has no conversion.
struct opaque {
  int x = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, opaque& what) {
  return f(what.x);
}

/// Whose conversions fail.
struct refusing {
  int x = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, refusing& what) {
  return f(what.x);
}

} // namespace aiomas_test

namespace caf::aiomas {

template <>
struct converter<refusing> {
  static value to_value(refusing) {
    throw std::out_of_range("no way out");
  }

  static outcome<refusing> from_value(value) {
    throw std::domain_error("no way in");
  }
};

} // namespace caf::aiomas

namespace aiomas_test {

using calculator = typed_actor<replies_to<add_atom, int, int>::with<int>,
                               replies_to<get_atom>::with<int, std::string>,
                               replies_to<double>::with<double>,
                               reacts_to<set_atom, std::string>>;

// -- actors that know nothing of this library ---------------------------------

inline calculator::behavior_type typed(calculator::pointer) {
  return {
    [](add_atom, int x, int y) { return x + y; },
    [](get_atom) -> caf::result<int, std::string> {
      return {7, std::string{"seven"}};
    },
    [](double x) { return x / 2; },
    [](set_atom, const std::string&) {},
  };
}

struct dynamic_state {
  const char* name = "dynamic";
  std::string text = "none";
  std::vector<response_promise> promises;
};

inline behavior dynamic(stateful_actor<dynamic_state>* self) {
  return {
    [](add_atom, int x, int y) { return x + y; },
    [](half_tag, double x) { return x / 2; },
    [=](set_atom, std::string& x) { self->state.text = std::move(x); },
    [=](get_atom) { return self->state.text; },
    [](fine_atom, int x) { return std::make_tuple(x, std::to_string(x)); },
    [](fine_atom, double x) -> caf::result<fine_atom, double> {
      return {fine_atom::value, x};
    },
    [=](const std::string& what) -> caf::result<int> {
      if (what == "error")
        return sec::bad_function_call;
      if (what == "python")
        return make_python_error("KeyError", "spam");
      if (what == "skip")
        return skip();
      if (what == "quit") {
        self->quit();
        return 1;
      }
      if (what == "throw")
        throw std::runtime_error("thrown");
      if (what == "throw int")
        throw 42;
      auto promise = self->make_response_promise();
      if (what == "delegate")
        promise.delegate(actor_cast<actor>(self), sub_atom::value); // unknown
      else if (what == "promise")
        promise.deliver(2);
      else if (what == "promise error")
        promise.deliver(make_error(sec::bad_function_call));
      else if (what == "keep")
        self->state.promises.push_back(promise);
      return promise; // "lose"
    },
    [](int x) { return opaque{x}; },
    [](refusing x) { return x; },
    [](bool) { return std::string{"a str"}; },
    [=](fine_atom) { return actor_cast<actor>(self); },
  };
}

struct exposing_fixture : container_fixture {
  container c = make_container();
  container other = make_container();
  scoped_actor self{sys};

  proxy at(const std::string& url) {
    return must(other.connect(url));
  }

  struct subject {
    actor hdl;
    proxy remote;
    std::string aid;
  };

  /// Exposes an actor with a method for each of its handlers.
  subject make() {
    auto hdl = sys.spawn(dynamic);
    auto url = must(c.expose(
      hdl,
      {method<int(add_atom, int, int)>("add", {"x", opt("y", 10)}),
       method<double(half_tag, double)>("half"),
       method<void(set_atom, std::string)>("set", {"text"}),
       method<std::string(get_atom)>("get"),
       method<std::tuple<int, std::string>(fine_atom, int)>("pair"),
       method<caf::result<fine_atom, double>(fine_atom, double)>("tagged"),
       method<int(std::string)>("act"), method<int(int)>("unknown"),
       method<int(bool)>("lie"),
       method<std::tuple<int, int>(bool)>("lie_twice"),
       method<void(bool)>("lie_void"), method<refusing(refusing)>("refuse"),
       method<actor(fine_atom)>("me")}));
    return {hdl, at(url), url.substr(url.rfind('/') + 1)};
  }

  /// Waits until nobody finds an actor any more.
  bool is_forgotten(const std::string& aid) {
    auto raw = connect_raw(c).remote();
    return eventually(
      [&] { return must(raw.call("validate_aid", aid)).is_null(); });
  }

  /// Lets an actor run until it has handled what it got so far.
  void settle(const actor& what) {
    self->request(what, patience, get_atom::value)
      .receive([](const std::string&) {},
               [](error& x) { CAF_FAIL(describe(x)); });
  }
};

inline constexpr auto has_ended = "CafError: the agent has ended";
inline constexpr auto has_thrown = "CafError: an exception has ended the agent";

} // namespace aiomas_test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(opaque)
