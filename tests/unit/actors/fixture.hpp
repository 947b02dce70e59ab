#pragma once

/// What the suites of the layers with CAF share. To be included after CAF_SUITE
/// is defined.

#include "caf/test/dsl.hpp"

#include "unit/sockets.hpp"

#include "caf/aiomas/channel.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/pending.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

using namespace caf;
using namespace caf::aiomas;
using namespace std::chrono_literals;

namespace aiomas_test {

/// How long something may take that should take no time.
constexpr auto patience = std::chrono::seconds{10};

/// Any free port.
inline const address any_port{"127.0.0.1", 0};

// -- results ------------------------------------------------------------------

template <class T>
T must(expected<T> x) {
  if (!x)
    CAF_FAIL("unexpected " << describe(x.error()));
  if constexpr (!std::is_void_v<T>)
    return std::move(*x);
}

template <class T>
T must(outcome<T> x) {
  if (!x)
    CAF_FAIL("unexpected " << to_string(x.error()));
  if constexpr (!std::is_void_v<T>)
    return std::move(*x);
}

template <class T, class Raw>
T must(pending<T, Raw> x) {
  return must(std::move(x).get(patience));
}

/// Returns the error of something that must fail.
template <class T>
error failure(expected<T> x) {
  if (x)
    CAF_FAIL("unexpected success");
  return std::move(x.error());
}

template <class T, class Raw>
error failure(pending<T, Raw> x) {
  return failure(std::move(x).get(patience));
}

/// Returns the last line of the traceback that the peer sent: what most users
/// look at.
inline std::string last_line(const error& what) {
  if (code_of(what) != errc::remote_exception)
    return "no remote exception: " + describe(what);
  auto text = text_of(what);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

template <class T, class Raw>
std::string last_line(pending<T, Raw> x) {
  return last_line(failure(std::move(x)));
}

/// Begins an operation that the test waits for later.
template <class T, class Raw>
auto begin(pending<T, Raw> x) {
  return std::move(x).timeout(patience).start();
}

/// Waits until `f` returns true. For what nobody tells when it has happened.
template <class F>
bool eventually(F f) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!f()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// Whether `f` throws an `Exception`.
template <class Exception, class F>
bool throws(F f) {
  try {
    f();
    return false;
  } catch (const Exception&) {
    return true;
  }
}

// -- other threads ------------------------------------------------------------

/// A result that another thread has, later. A counted handle.
template <class T>
class later {
public:
  void set(T x) const {
    state_->promise.set_value(std::move(x));
  }

  T get() const {
    if (!ready(patience))
      CAF_FAIL("waited in vain");
    return state_->future.get();
  }

  bool ready(std::chrono::nanoseconds limit = 0s) const {
    return state_->future.wait_for(limit) == std::future_status::ready;
  }

private:
  struct state {
    std::promise<T> promise;
    std::shared_future<T> future = promise.get_future();
  };

  std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// Keeps what another thread tells once, and counts how often it does after
/// all. A counted handle.
template <class T>
class tally {
public:
  void add(T x) const {
    ++state_->count;
    state_->told.set(std::move(x));
  }

  T get() const {
    return state_->told.get();
  }

  int count() const {
    return state_->count;
  }

private:
  struct state {
    std::atomic<int> count = 0;
    later<T> told;
  };

  std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// Passes the result of `what` to `to` from within the actor `self`.
template <class T, class Raw>
void pass_on(event_based_actor* self, pending<T, Raw> what,
             later<expected<T>> to) {
  auto failed = [to](error& reason) { to.set(std::move(reason)); };
  if constexpr (std::is_void_v<T>)
    std::move(what).then(
      self, [to] { to.set({}); }, failed);
  else
    std::move(what).then(
      self, [to](T x) { to.set(std::move(x)); }, failed);
}

// -- fixtures -----------------------------------------------------------------

/// An actor system with our middleman. That it ends is part of each test.
struct system_fixture {
  struct config_type : aiomas::config {
    config_type() {
      set("scheduler.max-threads", 2);
    }
  };

  config_type cfg;
  actor_system sys{cfg};

  /// Runs `body` in an actor that lives as long as it waits for something.
  template <class F>
  actor run_in_actor(F body) {
    return sys.spawn([body](event_based_actor* self) mutable { body(self); });
  }

  /// Calls `f` in an actor and returns what it returns.
  template <class F>
  auto in_actor(F f) {
    later<std::invoke_result_t<F, event_based_actor*>> result;
    run_in_actor([result, f](event_based_actor* self) { result.set(f(self)); });
    return result.get();
  }

  /// Waits until `what` has ended.
  bool ends(const actor& what) {
    scoped_actor self{sys};
    self->monitor(what);
    auto result = false;
    self->receive([&](const down_msg&) { result = true; },
                  after(patience) >> [] {});
    return result;
  }

  // -- channels ---------------------------------------------------------------

  /// A server whose channels the test gets one after the other, as actors do.
  class channel_server {
  public:
    explicit channel_server(actor_system& sys, address where = any_port,
                            options opts = {})
      : srv_(must(channel::start_server(
        sys, std::move(where),
        [shared = shared_](event_based_actor*, channel ch) {
          std::lock_guard guard{shared->mtx};
          shared->channels.push_back(std::move(ch));
          ++shared->accepted;
          shared->changed.notify_all();
        },
        std::move(opts)))) {
      // nop
    }

    const address& where() const {
      return srv_.address();
    }

    /// Returns the end of the next client.
    channel next() {
      std::unique_lock guard{shared_->mtx};
      if (!shared_->changed.wait_for(
            guard, patience, [this] { return !shared_->channels.empty(); }))
        CAF_FAIL("no client connected");
      auto result = std::move(shared_->channels.front());
      shared_->channels.pop_front();
      return result;
    }

    /// How many clients have come so far.
    size_t accepted() const {
      std::lock_guard guard{shared_->mtx};
      return shared_->accepted;
    }

    server& handle() {
      return srv_;
    }

  private:
    struct shared_state {
      std::mutex mtx;
      std::condition_variable changed;
      std::deque<channel> channels;
      size_t accepted = 0;
    };

    std::shared_ptr<shared_state> shared_ = std::make_shared<shared_state>();
    server srv_;
  };

  /// Both ends of a connection.
  struct channel_pair {
    channel client;
    channel server;
  };

  channel_pair connect_channels(options client_opts = {},
                                options server_opts = {}) {
    channel_server srv{sys, any_port, std::move(server_opts)};
    auto client = must(
      channel::open_connection(sys, srv.where(), std::move(client_opts)));
    return {std::move(client), srv.next()};
  }
};

} // namespace aiomas_test

using namespace aiomas_test;
