#pragma once

#include "caf/aiomas/interface.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/proxy.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace caf::aiomas {

/// A proxy whose calls are checked against an interface when they are compiled.
/// Nobody checks that the object at the other end has this interface: a call of
/// what it lacks fails, as with any proxy.
///
///     typed_proxy<calculator> calc{remote};
///     calc.call<"add">(3, 4).then(self, [](int sum) {…}, on_error);
///
/// A function of an agent or service may take one as a parameter: callers pass
/// an agent, as for a `proxy`.
template <class Interface>
class typed_proxy {
public:
  using interface_type = Interface;

  typed_proxy() = default;

  explicit typed_proxy(proxy target) : target_(std::move(target)) {
    // nop
  }

  /// Calls the function `Name`. The arguments convert to the types of its
  /// parameters; the result is of the type that the interface says. For errors
  /// and threads, see `proxy::call`.
  template <fixed_string Name, class... Ts>
  auto call(Ts&&... xs) const {
    static_assert(has_function<Interface, Name>,
                  "the interface has no function of this name");
    if constexpr (has_function<Interface, Name>) {
      using function = detail::function_named<Interface, Name>;
      using parameters = typename function::parameters;
      constexpr auto is_complete
        = std::tuple_size_v<parameters> == sizeof...(Ts);
      static_assert(is_complete,
                    "the function takes another number of arguments");
      if constexpr (is_complete)
        return call_function<function>(static_cast<parameters*>(nullptr),
                                       std::forward<Ts>(xs)...);
    }
  }

  /// The proxy, for calls that the interface does not have.
  const proxy& untyped() const noexcept {
    return target_;
  }

  explicit operator bool() const noexcept {
    return static_cast<bool>(target_);
  }

  friend bool operator==(const typed_proxy& x, const typed_proxy& y) noexcept {
    return x.target_ == y.target_;
  }

  friend std::string to_string(const typed_proxy& x) {
    return to_string(x.target_);
  }

private:
  template <class Function, class... Ps, class... Ts>
  pending<typename Function::result, value> call_function(std::tuple<Ps...>*,
                                                          Ts&&... xs) const {
    constexpr auto fit = (detail::passes_as<std::decay_t<Ts>, Ps>() && ...);
    static_assert(fit,
                  "an argument does not convert to what the function "
                  "takes");
    arguments with;
    if constexpr (fit) {
      with.args.reserve(sizeof...(Ts));
      (with.args.push_back(detail::pass_as<Ps>(std::forward<Ts>(xs))), ...);
    }
    return target_.call_with<typename Function::result>(Function::name,
                                                        std::move(with));
  }

  proxy target_;
};

template <class Interface>
struct converter<typed_proxy<Interface>> {
  static outcome<typed_proxy<Interface>> from_value(value x) {
    auto target = converter<proxy>::from_value(std::move(x));
    if (!target)
      return std::move(target.error());
    return typed_proxy<Interface>{std::move(*target)};
  }
};

namespace detail {

template <class Interface>
inline constexpr bool takes_handle<typed_proxy<Interface>> = true;

} // namespace detail

} // namespace caf::aiomas
