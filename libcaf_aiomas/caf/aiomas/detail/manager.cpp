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

} // namespace

manager::manager(actor_config& cfg, aiomas::container c)
  : agent(cfg, std::move(c)) {
  expose("spawn", &manager::spawn);
  expose("set_time", &manager::set_time, {"t"});
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
  return make_python_error("AttributeError",
                           "'" + unqualified_type_name(typeid(clock))
                             + "' object has no attribute 'set_time'");
}

expected<void> manager::stop() {
  if (std::exchange(stopped_, true))
    return make_python_error("asyncio.exceptions.InvalidStateError",
                             "invalid state");
  container().shutdown_async().detach();
  return {};
}

} // namespace caf::aiomas::detail
