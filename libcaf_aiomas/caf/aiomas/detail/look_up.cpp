#include "caf/aiomas/detail/look_up.hpp"

#include "caf/aiomas/defaults.hpp"

#include <asio/error.hpp>

#include <atomic>
#include <csignal>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <thread>

namespace caf::aiomas::detail {

namespace {

std::atomic<resolver> current_resolver = resolve;

/// Waits for a look-up. Owns itself until it has an end.
class waiter final : public io_loop::resident,
                     public std::enable_shared_from_this<waiter> {
public:
  waiter(io_loop& home, look_up_handler done)
    : resident(home), done_(std::move(done)) {
    // nop
  }

  void own_yourself() {
    self_ = shared_from_this();
  }

  void finish(const host_entry& found) {
    if (!done_)
      return;
    auto self = std::exchange(self_, nullptr);
    auto done = std::exchange(done_, {});
    retire();
    done(found);
  }

  void abort() override {
    finish({asio::error::operation_aborted, {}, {}});
  }

private:
  look_up_handler done_;
  std::shared_ptr<waiter> self_;
};

/// Where a result goes. Threads that look up must not keep any of this alive,
/// as they may outlive everything.
struct recipient {
  std::weak_ptr<io_loop> home;
  std::weak_ptr<waiter> who;
};

void tell(const std::vector<recipient>& all, host_entry result) {
  auto found = std::make_shared<const host_entry>(std::move(result));
  for (auto& to : all)
    if (auto loop = to.home.lock())
      loop->post([who = to.who, found] {
        if (auto self = who.lock())
          self->finish(*found);
      });
}

/// The names that are wanted, and the threads that look them up.
class look_ups {
public:
  /// Never destroyed, since threads use it until the process is gone.
  static look_ups& instance() {
    static auto& result = *new look_ups;
    return result;
  }

  void add(const std::string& host, recipient to) {
    std::lock_guard guard{mtx_};
    auto [i, is_new] = wanted_.try_emplace(host);
    i->second.push_back(std::move(to));
    if (!is_new)
      return;
    queue_.push_back(host);
    if (threads_ < defaults::max_look_ups)
      start_thread();
  }

private:
  void start_thread() {
    try {
      std::thread{[this] { run(); }}.detach();
      ++threads_;
    } catch (const std::system_error& ex) {
      if (threads_ > 0)
        return; // they will get to it
      tell(wanted_.extract(queue_.back()).mapped(), {ex.code(), {}, {}});
      queue_.pop_back();
    }
  }

  void run() {
    pthread_setname_np(pthread_self(), "aiomas.look-up");
    // Signals are for the program's own threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::unique_lock guard{mtx_};
    while (auto host = next()) {
      guard.unlock();
      auto found = current_resolver.load()(*host);
      guard.lock();
      auto waiting = wanted_.extract(*host);
      guard.unlock();
      tell(waiting.mapped(), std::move(found));
      guard.lock();
    }
    --threads_;
  }

  /// Takes the next name that somebody still wants. For those who hold the
  /// lock.
  std::optional<std::string> next() {
    while (!queue_.empty()) {
      auto result = std::move(queue_.front());
      queue_.pop_front();
      auto i = wanted_.find(result);
      if (i == wanted_.end())
        continue;
      std::erase_if(i->second, [](auto& to) { return to.who.expired(); });
      if (!i->second.empty())
        return result;
      wanted_.erase(i);
    }
    return std::nullopt;
  }

  std::mutex mtx_;
  std::map<std::string, std::vector<recipient>> wanted_; // guarded by mtx_
  std::deque<std::string> queue_; // of them, those not begun; guarded by mtx_
  size_t threads_ = 0; // guarded by mtx_
};

} // namespace

resolver use_resolver(resolver what) noexcept {
  return current_resolver.exchange(what);
}

std::weak_ptr<io_loop::resident> look_up(io_loop& home, const std::string& host,
                                         look_up_handler done) {
  std::error_code ec;
  if (auto known = asio::ip::make_address(host, ec); !ec) {
    done({{}, {known}, host});
    return {};
  }
  auto result = std::make_shared<waiter>(home, std::move(done));
  result->own_yourself();
  look_ups::instance().add(host, {home.weak_from_this(), result});
  return result;
}

} // namespace caf::aiomas::detail
