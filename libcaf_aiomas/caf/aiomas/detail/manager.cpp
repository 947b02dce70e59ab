#include "caf/aiomas/detail/manager.hpp"

#include "caf/aiomas/detail/agent_types.hpp"
#include "caf/aiomas/detail/type_name.hpp"
#include "caf/aiomas/external_clock.hpp"

namespace caf::aiomas::detail {

namespace {

constexpr std::string_view qualname_keyword = "qualname";

/// Takes the first argument, which can be given by its name, too.
outcome<std::string> take_qualname(arguments& from) {
  auto wrong = [](std::string why) {
    return fault{errc::type_error, "spawn() " + std::move(why)};
  };
  std::optional<value> named;
  if (auto x = from.kwargs.find(qualname_keyword)) {
    named = std::move(*x);
    from.kwargs.erase(qualname_keyword);
  }
  if (named && !from.args.empty())
    return wrong("got multiple values for argument 'qualname'");
  if (!named && from.args.empty())
    return wrong("missing a required positional argument: 'qualname'");
  auto qualname
    = from_value<std::string>(named ? *std::move(named) : from.args.front());
  if (!qualname)
    return wrong("argument 'qualname': " + qualname.error().text);
  if (!from.args.empty())
    from.args.erase(from.args.begin());
  return qualname;
}

/// What Python says of a clock that has no function `what`.
python_error cannot(const clock& which, const std::string& what) {
  return {"AttributeError", "'" + unqualified_type_name(typeid(which))
                              + "' object has no attribute '" + what + "'"};
}

} // namespace

manager::manager(actor_config& cfg, aiomas::container c)
  : agent(cfg, std::move(c)) {
  expose("spawn", &manager::spawn);
  expose("set_time", &manager::set_time, {"t"});
  expose("join_simulation", &manager::join_simulation, {"name"});
  expose("leave_simulation", &manager::leave_simulation, {"name"});
  expose("introduce", &manager::introduce);
  expose("advance", &manager::advance, {"name", "t"});
  expose("settle", &manager::settle, {"name"});
  expose("stop", &manager::stop);
}

call_result manager::spawn(arguments with) {
  auto qualname = take_qualname(with);
  if (!qualname)
    return to_error(std::move(qualname.error()));
  auto make = agent_types::instance().find(*qualname);
  if (!make)
    return std::move(make.error());
  return (*make)(container())(with);
}

expected<void> manager::set_time(double t) {
  auto& clock = container().clock();
  if (auto settable = dynamic_cast<external_clock*>(&clock))
    return settable->set_time(t);
  return to_error(std::make_exception_ptr(cannot(clock, "set_time")));
}

// -- simulations --------------------------------------------------------------

simulation_clock& manager::simulation(const char* what) const {
  auto& clock = container().clock();
  if (auto known = dynamic_cast<simulation_clock*>(&clock))
    return *known;
  throw cannot(clock, what);
}

expected<simulation_member> manager::join_simulation(const std::string& name) {
  return to_expected(simulation("join_simulation").join(name));
}

void manager::leave_simulation(const std::string& name) {
  simulation("leave_simulation").leave(name);
}

task<void> manager::introduce() {
  co_await simulation("introduce").introduce();
}

task<void> manager::advance(std::string name, double t) {
  co_await simulation("advance").advance(std::move(name), t);
}

task<simulation_report> manager::settle(std::string name) {
  co_return co_await simulation("settle").settle(std::move(name));
}

// -- end ----------------------------------------------------------------------

expected<void> manager::stop() {
  if (std::exchange(stopped_, true))
    return make_python_error("asyncio.exceptions.InvalidStateError",
                             "invalid state");
  container().shutdown_async().detach();
  return {};
}

} // namespace caf::aiomas::detail
