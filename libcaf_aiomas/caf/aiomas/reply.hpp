#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/exception.hpp"

#include <caf/expected.hpp>
#include <caf/response_handle.hpp>

#include <coroutine>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

namespace detail {

/// Whether a response consists of what makes up an `R`.
template <class R>
struct response_content {
  static std::optional<R> take(message_content& from) {
    if (!from.match_elements<R>())
      return std::nullopt;
    return std::move(from.get_mutable_as<R>(0));
  }
};

template <class... Rs>
struct response_content<std::tuple<Rs...>> {
  static std::optional<std::tuple<Rs...>> take(message_content& from) {
    if (!from.match_elements<Rs...>())
      return std::nullopt;
    auto take_all = [&]<size_t... Is>(std::index_sequence<Is...>) {
      return std::tuple<Rs...>{std::move(from.get_mutable_as<Rs>(Is))...};
    };
    return take_all(std::index_sequence_for<Rs...>{});
  }
};

/// Waits for the response to a request of CAF.
template <class R>
class reply_awaiter final : public running_task::wait {
public:
  explicit reply_awaiter(message_id mid) : mid_(mid) {
    // nop
  }

  bool await_ready() const noexcept {
    return false;
  }

  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> h) {
    h.promise().home().wait_for_response(*this, h.promise(), mid_);
  }

  R await_resume() {
    if (why_)
      throw_error(std::move(why_));
    if constexpr (!std::is_void_v<R>)
      return std::move(*result_);
  }

private:
  void take(message_content& content) override {
    if constexpr (std::is_void_v<R>) {
      if (consists_of<>(content))
        return;
    } else {
      result_ = response_content<R>::take(content);
      if (result_)
        return;
    }
    why_ = error_in(content);
  }

  using stored = std::conditional_t<std::is_void_v<R>, unit_t, R>;

  message_id mid_;
  std::optional<stored> result_;
  error why_;
};

/// What a typed request yields.
template <class Output>
struct response_type;

template <>
struct response_type<caf::detail::type_list<>> {
  using type = void;
};

template <class T>
struct response_type<caf::detail::type_list<T>> {
  using type = std::conditional_t<std::is_same_v<T, unit_t>, void, T>;
};

template <class... Ts>
struct response_type<caf::detail::type_list<Ts...>> {
  using type = std::tuple<Ts...>;
};

} // namespace detail

/// A request of CAF that a task waits for, see `reply`.
template <class R>
class [[nodiscard]] awaitable_reply {
public:
  explicit awaitable_reply(message_id mid) : mid_(mid) {
    // nop
  }

  auto operator co_await() && {
    return detail::reply_awaiter<R>{mid_};
  }

private:
  message_id mid_;
};

/// Lets a task wait for the response to a request: an `R`, a `std::tuple` if it
/// consists of several values, or nothing. Errors are thrown as `caf_error` and
/// so is a response of other types. Bound it by `with_timeout` rather than by
/// the timeout of CAF's request, which CAF keeps until it passes.
///
///     auto sum = co_await reply<int>(self->request(adder, infinite, 1, 2));
///
/// To be awaited right away, by a task of the actor that made the request.
template <class R, class Self>
awaitable_reply<R> reply(response_handle<Self, message, false> what) {
  return awaitable_reply<R>{what.id()};
}

/// The same for actors with a typed interface, which says what the response is.
template <class Self, class... Ts>
auto reply(response_handle<Self, caf::detail::type_list<Ts...>, false> what) {
  using type =
    typename detail::response_type<caf::detail::type_list<Ts...>>::type;
  return awaitable_reply<type>{what.id()};
}

} // namespace caf::aiomas
