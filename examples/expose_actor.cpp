// Actors that know nothing of this library, called by others: two calculators,
// one dynamically and one statically typed, get names for their messages.

#include "caf/aiomas/all.hpp"

#include <iostream>
#include <string>

using namespace caf;

using aiomas::method;
using aiomas::opt;

namespace {

// -- plain CAF ----------------------------------------------------------------

using add_atom = atom_constant<atom("add")>;
using div_atom = atom_constant<atom("div")>;

struct adder_state {
  const char* name = "adder";
  int sum = 0;
};

behavior adder(stateful_actor<adder_state>* self) {
  return {
    [=](add_atom, int x) { return self->state.sum += x; },
  };
}

using divider = typed_actor<replies_to<div_atom, int, int>::with<int, int>>;

divider::behavior_type divide(divider::pointer) {
  return {
    [](div_atom, int x, int y) -> result<int, int> {
      if (y == 0)
        return aiomas::make_python_error("ZeroDivisionError",
                                         "division by zero");
      return {x / y, x % y};
    },
  };
}

// -- the names ----------------------------------------------------------------

expected<std::string> expose_adder(const aiomas::container& c, const actor& a) {
  return c.expose(a, {method<int(add_atom, int)>("add", {opt("x", 1)})});
}

expected<std::string> expose_divider(const aiomas::container& c,
                                     const divider& d) {
  // That `d` understands this is checked by the compiler.
  using divmod = method<std::tuple<int, int>(div_atom, int, int)>;
  return c.expose(d, {divmod{"divmod", {"x", "y"}}}, aiomas::as("Divider"));
}

// -- callers ------------------------------------------------------------------

template <class... Ts>
void show(const aiomas::proxy& remote, const char* name, Ts... xs) {
  auto result = remote.call(name, xs...).get();
  if (result) {
    std::cout << name << ": " << to_string(*result) << std::endl;
    return;
  }
  auto text = aiomas::text_of(result.error());
  text.erase(text.find_last_not_of('\n') + 1);
  std::cout << name << ": " << text.substr(text.rfind('\n') + 1) << std::endl;
}

void call(const aiomas::container& c, const std::string& first,
          const std::string& second) {
  auto adding = c.connect(first).get();
  auto dividing = c.connect(second).get();
  if (!adding || !dividing)
    return;
  std::cout << to_string(*adding) << std::endl;
  show(*adding, "add", 41);
  show(*adding, "add");
  show(*adding, "add", "one");
  std::cout << to_string(*dividing) << std::endl;
  show(*dividing, "divmod", 17, 5);
  show(*dividing, "divmod", aiomas::kw("y", 0), aiomas::kw("x", 1));
}

void caf_main(actor_system& sys, const aiomas::config&) {
  auto c = aiomas::container::create(sys, {"localhost", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return;
  }
  auto first = expose_adder(*c, sys.spawn(adder));
  auto second = expose_divider(*c, sys.spawn(divide));
  if (first && second)
    call(*c, *first, *second);
}

} // namespace

CAF_MAIN(aiomas::middleman)
