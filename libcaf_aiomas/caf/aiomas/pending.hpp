#pragma once

#include "caf/aiomas/detail/arrival.hpp"
#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/exception.hpp"

#include <caf/behavior.hpp>
#include <caf/expected.hpp>
#include <caf/message_id.hpp>
#include <caf/scheduled_actor.hpp>

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace caf::aiomas {

namespace detail {

/// Whether a thread may wait: neither a worker of CAF nor an I/O thread, nor
/// one that does the work of such threads itself.
bool may_block() noexcept;

/// Says why a thread may not.
error must_not_block();

/// What a blocked thread and whoever ends its wait share.
template <class T>
struct blocking_slot {
  std::mutex mtx;
  std::condition_variable filled;
  std::optional<expected<T>> result; // guarded by mtx
};

/// How a result that came as a `Raw` becomes a `T`, in the thread of whoever
/// waits for it.
template <class T, class Raw>
struct result_conversion;

template <class T>
struct result_conversion<T, T> {
  static expected<T> convert(expected<T> x) {
    return x;
  }
};

} // namespace detail

/// Something that will have a result, such as a connection to be opened or a
/// reply to arrive. It begins when it is told how its result is wanted:
/// `co_await` in a `task`, `then` or `await` in any actor, `get` or `start`
/// outside, `detach` if nobody cares. Each object can be used once.
///
/// `Raw` is what the operation itself yields; it is converted by whoever waits.
template <class T, class Raw = T>
class [[nodiscard]] pending {
public:
  using value_type = T;

  /// How long an operation may take before it ends with `errc::timeout`.
  using duration = std::chrono::nanoseconds;

  /// Takes the result, in whatever thread has it. Called exactly once.
  using completion = detail::unique_function<void(expected<Raw>)>;

  /// Gives up an operation that has begun, so that it ends soon. For any
  /// thread, at any time. Empty if there is nothing to give up.
  using canceller = detail::unique_function<void()>;

  /// Begins the operation and sees to it that it ends in time. May return how
  /// to give it up. Holds the path and the arguments of a call in place.
  using starter
    = detail::unique_function<canceller(completion, std::optional<duration>),
                              13 * sizeof(void*)>;

  /// An operation under way, outside of actors.
  class started {
  public:
    /// Blocks until the result is there. Returns `errc::would_deadlock` at once
    /// on one of CAF's worker threads or ours. To be called once.
    expected<T> get() {
      if (!detail::may_block())
        return detail::must_not_block();
      std::unique_lock guard{slot_->mtx};
      slot_->filled.wait(guard, [this] { return slot_->result.has_value(); });
      return conversion::convert(std::move(*slot_->result));
    }

    /// Whether the result is there. For any thread.
    bool ready() const {
      std::lock_guard guard{slot_->mtx};
      return slot_->result.has_value();
    }

    /// Returns the result, which must be there. To be called once, from any
    /// thread.
    expected<T> take() {
      std::lock_guard guard{slot_->mtx};
      return conversion::convert(std::move(*slot_->result));
    }

  private:
    friend class pending;

    started() = default;

    std::shared_ptr<detail::blocking_slot<Raw>> slot_
      = std::make_shared<detail::blocking_slot<Raw>>();
  };

  template <class F>
  explicit pending(F begin) : begin_(returns_canceller(std::move(begin))) {
    // nop
  }

  /// Bounds the time from the start to the result: beyond it, `errc::timeout`.
  /// Zero or less ends at once.
  pending timeout(duration limit) && {
    timeout_ = limit;
    return std::move(*this);
  }

  /// Runs `on_value(T)` or `on_error(error&)` in the actor `self` once the
  /// result is there; other messages are handled meanwhile. To be called by
  /// `self`. If it ends first, neither is called, and the operation is given
  /// up.
  template <class Self, class F, class G>
  void then(Self* self, F on_value, G on_error) && {
    if (detail::is_ending(self))
      return;
    auto mid = self->new_request_id(message_priority::normal);
    self->add_multiplexed_response_handler(
      mid.response_id(),
      begin_for(self, mid, std::move(on_value), std::move(on_error)));
  }

  /// The same, while `self` handles no other messages.
  template <class Self, class F, class G>
  void await(Self* self, F on_value, G on_error) && {
    if (detail::is_ending(self))
      return;
    auto mid = self->new_request_id(message_priority::normal);
    self->add_awaited_response_handler(
      mid.response_id(),
      begin_for(self, mid, std::move(on_value), std::move(on_error)));
  }

  /// Like the above; an error goes to the error handler of `self`, as with
  /// CAF's requests.
  template <class Self, class F>
  void then(Self* self, F on_value) && {
    std::move(*this).then(self, std::move(on_value), pass_error(self));
  }

  template <class Self, class F>
  void await(Self* self, F on_value) && {
    std::move(*this).await(self, std::move(on_value), pass_error(self));
  }

  /// Waits for the result in a task; an error is thrown, see `exception.hpp`.
  auto operator co_await() && {
    return awaiter{std::move(*this)};
  }

  /// Begins outside of an actor; several operations can be started before the
  /// first result is waited for.
  started start() && {
    started result;
    begin_(
      [slot = result.slot_](expected<Raw> x) {
        std::lock_guard guard{slot->mtx};
        slot->result.emplace(std::move(x));
        slot->filled.notify_all();
      },
      timeout_);
    return result;
  }

  /// Begins, and blocks until the result is there. Returns
  /// `errc::would_deadlock` at once on one of CAF's worker threads or ours.
  expected<T> get() && {
    if (!detail::may_block())
      return detail::must_not_block();
    return std::move(*this).start().get();
  }

  /// The same with a bound: `errc::timeout` if it takes longer.
  expected<T> get(duration limit) && {
    return std::move(*this).timeout(limit).get();
  }

  /// Begins and forgets about the result.
  void detach() && {
    begin_([](expected<Raw>) {}, timeout_);
  }

  /// Hands the raw result to `done`, in whatever thread has it: maybe in this
  /// one, before `notify` returns.
  void notify(completion done) && {
    begin_(std::move(done), timeout_);
  }

private:
  class awaiter;

  using conversion = detail::result_conversion<T, Raw>;

  template <class Self>
  static auto pass_error(Self* self) {
    return [self](error& reason) { self->call_error_handler(reason); };
  }

  template <class F>
  static starter returns_canceller(F begin) {
    using result
      = std::invoke_result_t<F&, completion, std::optional<duration>>;
    if constexpr (std::is_void_v<result>)
      return [begin = std::move(begin)](completion done,
                                        std::optional<duration> limit) mutable {
        begin(std::move(done), limit);
        return canceller{};
      };
    else
      return begin;
  }

  template <class Self, class F, class G>
  behavior begin_for(Self* self, message_id mid, F on_value, G on_error) {
    using arrival = detail::arrival<Raw>;
    // It has the handler before the result can arrive.
    abandon_guard guard{begin_(detail::arrive_at<Raw>(self, mid), timeout_)};
    return {[f = std::move(on_value), g = std::move(on_error),
             guard = std::move(guard)](typename arrival::type& what) mutable {
      guard.arrived();
      auto x = conversion::convert(arrival::unpack(what));
      if (!x) {
        error reason{x.error()}; // of an expected<void>, it is const
        g(reason);
      } else if constexpr (std::is_void_v<T>) {
        f();
      } else {
        f(std::move(*x));
      }
    }};
  }

  /// Gives an operation up if its handler goes before its result arrives.
  class abandon_guard {
  public:
    explicit abandon_guard(canceller cancel) : cancel_(std::move(cancel)) {
      // nop
    }

    abandon_guard(abandon_guard&&) noexcept = default;

    ~abandon_guard() {
      if (cancel_)
        cancel_();
    }

    void arrived() noexcept {
      cancel_ = {};
    }

  private:
    canceller cancel_;
  };

  starter begin_;
  std::optional<duration> timeout_;
};

/// Waits for a pending operation in a task.
template <class T, class Raw>
class pending<T, Raw>::awaiter final : public detail::running_task::wait {
public:
  explicit awaiter(pending what) : what_(std::move(what)) {
    // nop
  }

  /// Gives the operation up if its task is unwound meanwhile.
  ~awaiter() {
    if (waiting() && cancel_)
      cancel_();
  }

  bool await_ready() const noexcept {
    return false;
  }

  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> h) {
    auto& home = h.promise().home();
    auto mid = home.wait_for_request(*this, h.promise());
    cancel_
      = what_.begin_(detail::arrive_at<Raw>(home.self(), mid), what_.timeout_);
  }

  T await_resume() {
    auto x = conversion::convert(std::move(*result_));
    if (!x)
      throw_error(std::move(x.error()));
    if constexpr (!std::is_void_v<T>)
      return std::move(*x);
  }

private:
  using arrival = detail::arrival<Raw>;

  void take(detail::message_content& response) override {
    if (response.match_elements<typename arrival::type>())
      result_.emplace(
        arrival::unpack(response.get_mutable_as<typename arrival::type>(0)));
    else
      result_.emplace(detail::error_in(response));
  }

  pending what_;
  canceller cancel_;
  std::optional<expected<Raw>> result_;
};

} // namespace caf::aiomas
