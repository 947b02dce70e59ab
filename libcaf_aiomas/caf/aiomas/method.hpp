#pragma once

#include "caf/aiomas/detail/method_call.hpp"
#include "caf/aiomas/expose.hpp"

#include <caf/expected.hpp>
#include <caf/message.hpp>

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf::aiomas {

/// A message that an actor understands, under the name by which peers send it.
class exposed_message {
public:
  using binder = std::function<expected<message>(arguments&)>;
  using reader = expected<value> (*)(message&);

  exposed_message(std::string name, binder bind, reader read)
    : name_(std::move(name)), bind_(std::move(bind)), read_(read) {
    // nop
  }

  const std::string& name() const noexcept {
    return name_;
  }

  /// Turns the arguments of a call into the message. Fails with `type_error` if
  /// they don't fit, or with what a conversion throws. For any thread.
  expected<message> bind(arguments& with) const noexcept;

  /// Turns the response into a value, or says what is wrong with it; see
  /// `reply_sink::dispatch`.
  reader read() const noexcept {
    return read_;
  }

private:
  std::string name_;
  binder bind_;
  reader read_;
};

/// The same with its signature, so that actors with a typed interface can be
/// checked when they are compiled.
template <class Signature>
class method;

/// A message of the types `Ts`, which the actor answers with an `R`, under a
/// name:
///
///     method<int(add_atom, int, int)>("add", {"x", opt("y", 1)})
///
/// Atoms, and other constants without a conversion, are added to the message;
/// peers don't pass them. All other parameters must convert from a value, and
/// `R` to one; several values, as in `std::tuple<int, int>` or `result<int,
/// int>`, arrive as a list. `named` names the parameters that peers pass, see
/// `expose`; throws `std::invalid_argument` if there are fewer.
template <class R, class... Ts>
class method<R(Ts...)> : public exposed_message {
  static_assert(sizeof...(Ts) > 0,
                "actors understand no empty messages; give it an atom");

  using layout = detail::message_layout<std::decay_t<Ts>...>;
  using variable = typename layout::variable;

public:
  explicit method(std::string name, std::vector<parameter> named = {})
    : method(signature{name,
                       detail::type_labels(static_cast<variable*>(nullptr)),
                       std::move(named)}) {
    // nop
  }

private:
  explicit method(signature sig)
    : exposed_message(
      sig.function(),
      [sig](arguments& with) {
        return detail::bind_request<layout>(sig, with);
      },
      detail::read_response<R>) {
    // nop
  }
};

namespace detail {

template <class Handle, class Signature>
inline constexpr bool understands_signature = false;

template <class Handle, class R, class... Ts>
inline constexpr bool understands_signature<
  Handle,
  R(Ts...)> = takes_message<Handle, std::tuple<std::decay_t<Ts>...>,
                            typename response_values<R>::
                              type> || takes_message<Handle, std::tuple<std::decay_t<Ts>...>, std::tuple<R>>;

template <class Handle, class... Ts>
inline constexpr bool
  understands_signature<Handle, void(Ts...)> = takes_message<
    Handle, std::tuple<std::decay_t<Ts>...>, std::tuple<>>;

} // namespace detail

/// Whether actors with a handle of type `Handle` have a handler for messages
/// with this signature, for example `int(add_atom, int, int)`. All that have no
/// typed interface may.
template <class Handle, class Signature>
concept understands = detail::understands_signature<Handle, Signature>;

/// Methods for an actor with a handle of type `Handle`.
template <class Handle>
class method_list {
public:
  method_list() = default;

  template <class... Signatures>
  method_list(method<Signatures>... xs) {
    content_.reserve(sizeof...(xs));
    (add<Signatures>(std::move(xs)), ...);
  }

  std::vector<exposed_message>& content() noexcept {
    return content_;
  }

private:
  template <class Signature>
  void add(exposed_message x) {
    static_assert(understands<Handle, Signature>,
                  "the typed interface of the actor has no handler for a "
                  "message with the signature of this method");
    content_.push_back(std::move(x));
  }

  std::vector<exposed_message> content_;
};

/// The name of a class that peers see, see `as`.
struct shown_class {
  std::string name;
};

/// Names the class that an exposed actor seems to be of:
/// `container.expose(hdl, {…}, as("Calculator"))`.
inline shown_class as(std::string class_name) {
  return {std::move(class_name)};
}

} // namespace caf::aiomas
