#pragma once

#include "caf/aiomas/call_result.hpp"
#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/detail/description.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/promise.hpp"
#include "caf/aiomas/signature.hpp"
#include "caf/aiomas/task.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/intrusive_ptr.hpp>
#include <caf/make_counted.hpp>
#include <caf/ref_counted.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace caf::aiomas {

// -- exposed functions --------------------------------------------------------

/// A function under the name by which peers call it. Copies call the same
/// function object.
class exposed {
public:
  using function = std::function<call_result(arguments&)>;

  exposed(std::string name, function call, std::string identity = {});

  /// Calls what is described for `object`, which must outlive all copies.
  /// @private
  exposed(detail::description_ptr what, void* object) noexcept
    : what_(std::move(what)), object_(object) {
    // nop
  }

  /// The same for an object that copies keep.
  /// @private
  exposed(detail::description_ptr what, intrusive_ptr<ref_counted> object)
    : what_(std::move(what)), object_(object.detach()) {
    // nop
  }

  exposed(exposed&& other) noexcept
    : what_(std::move(other.what_)),
      object_(std::exchange(other.object_, nullptr)) {
    // nop
  }

  exposed(const exposed& other) noexcept;

  exposed& operator=(exposed other) noexcept {
    std::swap(what_, other.what_);
    std::swap(object_, other.object_);
    return *this;
  }

  ~exposed();

  const std::string& name() const noexcept {
    return what_->name();
  }

  /// Calls the function; whatever it throws becomes an error. It may be
  /// replaced while it runs.
  call_result operator()(arguments& with) const noexcept;

  /// Bytes that tell which function this is, for reverse look-ups. Empty for
  /// function objects, which have no identity.
  const std::string& identity() const noexcept {
    return what_->identity();
  }

  /// What this has in common with the same function of other objects.
  /// @private
  const detail::description& what() const noexcept {
    return *what_;
  }

private:
  detail::description_ptr what_; // null if it was moved from
  void* object_; // a `ref_counted` if what_ says so
};

namespace detail {

template <class T>
constexpr std::string_view type_label() {
  if constexpr (std::is_same_v<T, bool>)
    return "bool";
  else if constexpr (std::is_integral_v<T>)
    return "int";
  else if constexpr (std::is_floating_point_v<T>)
    return "float";
  else if constexpr (std::is_convertible_v<T, std::string_view>)
    return "str";
  else if constexpr (std::is_convertible_v<T, std::span<const std::byte>>)
    return "bytes";
  else if constexpr (requires { typename T::mapped_type; }
                     || std::is_same_v<T, dict>)
    return "dict";
  else if constexpr (requires(T x) { x.begin(); })
    return "list";
  else
    return "object";
}

/// The identity of a pointer to a function, member or not.
template <class F>
std::string identity_of(F f) {
  if constexpr (std::is_pointer_v<F> || std::is_member_function_pointer_v<F>)
    // Pointers to virtual functions of unrelated classes may be the same bytes.
    return std::string{reinterpret_cast<const char*>(&f), sizeof f}.append(
      typeid(F).name());
  else
    return {};
}

template <class T>
constexpr bool by_value = !std::is_reference_v<T> && !view_parameter<T>;

template <class F>
struct callable;

template <class R, class... Ts>
struct callable<R (*)(Ts...)> {
  static_assert(
    !is_task<R> || (by_value<Ts> && ...),
    "a coroutine must take its parameters by value: it outlives what "
    "references and views would refer to");

  using result = R;
  using parameters = std::tuple<argument_t<Ts>...>;
};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...)> : callable<R (*)(Ts...)> {
  using object = C;
};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...) const> : callable<R (*)(Ts...)> {
  using object = C;
};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...) noexcept> : callable<R (*)(Ts...)> {
  using object = C;
};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...) const noexcept> : callable<R (*)(Ts...)> {
  using object = C;
};

template <class R, class... Ts>
struct callable<R (*)(Ts...) noexcept> : callable<R (*)(Ts...)> {};

template <class From, class To>
using same_constness = std::conditional_t<std::is_const_v<From>, const To, To>;

template <class F>
  requires requires {
    &F::operator();
  }
struct callable<F> : callable<decltype(&F::operator())> {};

template <class T>
call_result to_call_result(T x) {
  if constexpr (std::is_same_v<T, call_result>) {
    return x;
  } else if constexpr (std::is_same_v<T, error>) {
    if (!x)
      return value{};
    return x;
  } else if constexpr (is_promise<T>) {
    return deferred{};
  } else if constexpr (is_task<T>) {
    return reply_task{std::move(x)};
  } else if constexpr (is_expected<T>) {
    if (!x)
      return std::move(x.error());
    if constexpr (std::is_same_v<T, expected<void>>)
      return value{};
    else
      return to_call_result(std::move(*x));
  } else if constexpr (is_outcome<T>) {
    return to_call_result(to_expected(std::move(x)));
  } else {
    return to_value(std::move(x));
  }
}

template <class T>
call_result reply_task::finish(task_promise<T>& from) {
  if constexpr (std::is_void_v<T>) {
    from.take();
    return value{};
  } else {
    return to_call_result(from.take());
  }
}

/// Calls `f` with one value for each parameter, converted to its type.
template <class R, class F, class... Ts, size_t... Is>
call_result apply_values([[maybe_unused]] const signature& sig, F& f,
                         [[maybe_unused]] std::span<value> xs,
                         std::tuple<Ts...>*, std::index_sequence<Is...>) {
  std::tuple<outcome<Ts>...> converted{from_value<Ts>(std::move(xs[Is]))...};
  std::optional<fault> wrong;
  [[maybe_unused]] auto check
    = [&]<size_t I>(std::integral_constant<size_t, I>) {
        if (auto& x = std::get<I>(converted); !x && !wrong)
          wrong = sig.wrong_argument(I, x.error());
      };
  (check(std::integral_constant<size_t, Is>{}), ...);
  if (wrong)
    return to_error(std::move(*wrong));
  if constexpr (std::is_void_v<R>) {
    f(std::move(*std::get<Is>(converted))...);
    return value{};
  } else {
    return to_call_result<std::decay_t<R>>(
      f(std::move(*std::get<Is>(converted))...));
  }
}

template <class... Ts>
std::vector<std::string_view> type_labels(std::tuple<Ts...>*) {
  return {type_label<Ts>()...};
}

// -- what is called -----------------------------------------------------------

/// A function that needs no object.
template <class F>
struct free_function {
  static constexpr bool counts_objects = false;

  F bind(void*) const {
    return f;
  }

  F f;
};

/// A member function of `C`; it is called for objects of that class.
template <class C, class F>
struct member_function {
  static constexpr bool counts_objects = false;

  auto bind(void* object) const {
    auto self = static_cast<C*>(object);
    return [self, f = f](auto&&... xs) -> decltype(auto) {
      return (self->*f)(std::forward<decltype(xs)>(xs)...);
    };
  }

  F f;
};

/// A function object with a count of those who use it.
template <class F>
class function_object final : public ref_counted {
public:
  explicit function_object(F what) : f(std::move(what)) {
    // nop
  }

  F f;
};

/// Function objects, which are the objects for which they are called.
template <class F>
struct any_function {
  static constexpr bool counts_objects = true;

  /// Keeps the function object while it runs.
  struct bound {
    template <class... Ts>
    decltype(auto) operator()(Ts&&... xs) {
      return what->f(std::forward<Ts>(xs)...);
    }

    intrusive_ptr<function_object<F>> what;
  };

  bound bind(void* object) const {
    auto what = static_cast<ref_counted*>(object);
    return {static_cast<function_object<F>*>(what)};
  }
};

/// Describes a function with the parameters and the result that `Traits` says,
/// which is called as `Callee` does.
template <class Traits, class Callee>
class description_of final : public description {
public:
  description_of(signature what, std::string identity, Callee callee)
    : description(typeid(description_of), std::move(what), std::move(identity),
                  Callee::counts_objects),
      callee_(std::move(callee)) {
    // nop
  }

  call_result call(void* object, arguments& with) const override {
    auto f = callee_.bind(object);
    auto result = apply(f, with);
    if constexpr (Callee::counts_objects)
      if (auto task = std::get_if<reply_task>(&result))
        task->keep(std::move(f.what));
    return result;
  }

private:
  using params = typename Traits::parameters;
  using result_type = typename Traits::result;

  template <class F>
  call_result apply(F& f, arguments& with) const {
    if constexpr (!std::is_same_v<params, std::tuple<arguments>>) {
      constexpr auto n = std::tuple_size_v<params>;
      std::array<value, n> xs;
      if (auto bound = takes().bind(with, xs); !bound)
        return to_error(std::move(bound.error()));
      return apply_values<result_type>(takes(), f, xs,
                                       static_cast<params*>(nullptr),
                                       std::make_index_sequence<n>{});
    } else if constexpr (std::is_void_v<result_type>) {
      f(std::move(with));
      return value{};
    } else {
      return to_call_result<std::decay_t<result_type>>(f(std::move(with)));
    }
  }

  Callee callee_;
};

/// Returns the description of a function called `name`.
template <class Traits, class Callee>
description_ptr describe_as(std::string name, std::vector<parameter> named,
                            std::string identity, Callee callee) {
  using params = typename Traits::parameters;
  std::vector<std::string_view> types;
  if constexpr (std::is_same_v<params, std::tuple<arguments>>)
    named.clear();
  else
    types = type_labels(static_cast<params*>(nullptr));
  signature what{std::move(name), std::move(types), std::move(named)};
  return share_description(
    {new description_of<Traits, Callee>(std::move(what), std::move(identity),
                                        std::move(callee)),
     false});
}

/// Whether it makes no difference which copy of an `F` is called, and how long
/// it lives.
template <class Traits, class F>
constexpr bool has_no_state() {
  if constexpr (std::is_pointer_v<F>)
    return true;
  else if constexpr (is_task<typename Traits::result>)
    return false; // coroutines refer to their function object
  else
    return std::is_empty_v<F> && std::is_trivially_copyable_v<F>;
}

/// Wraps `f`, which behaves like a function of type `Traits`.
template <class Traits, class F>
exposed make_exposed(std::string name, F f, std::vector<parameter> named,
                     std::string identity) {
  if constexpr (has_no_state<Traits, F>())
    return exposed{describe_as<Traits>(std::move(name), std::move(named),
                                       std::move(identity),
                                       free_function<F>{std::move(f)}),
                   nullptr};
  else
    return exposed{describe_as<Traits>(std::move(name), std::move(named),
                                       std::move(identity), any_function<F>{}),
                   make_counted<function_object<F>>(std::move(f))};
}

} // namespace detail

/// Gives `f` a name for peers. Its parameters may be of any type that converts
/// from a value, and so may its result; `expected<T>`, `outcome<T>`, `error`
/// (an empty one is no failure) and `promise<T>` are fine, too, and so is
/// `task<T>`: a coroutine, which runs in the actor and whose result is the
/// reply. A function object that makes coroutines lives as long as each of
/// them. Parameters of type `std::string_view`, `std::span<const std::byte>`
/// and `std::span<const T>` look at arguments where these are; they are good
/// until the function returns. `named` names the parameters in their order, so
/// that they can be passed by keyword and have defaults; a function that takes
/// just `arguments` gets whatever comes.
template <class F>
exposed expose(std::string name, F f, std::vector<parameter> named = {}) {
  auto identity = detail::identity_of(f);
  return detail::make_exposed<detail::callable<F>>(
    std::move(name), std::move(f), std::move(named), std::move(identity));
}

/// Gives a member function of `self` a name. `self` must outlive the result.
template <class T, class F>
  requires std::is_member_function_pointer_v<F> exposed
  expose(std::string name, T* self, F f, std::vector<parameter> named = {}) {
    using traits = detail::callable<F>;
    using object = detail::same_constness<T, typename traits::object>;
    object* what = self;
    return {detail::describe_as<traits>(std::move(name), std::move(named),
                                        detail::identity_of(f),
                                        detail::member_function<object, F>{f}),
            const_cast<void*>(static_cast<const volatile void*>(what))};
  }

} // namespace caf::aiomas
