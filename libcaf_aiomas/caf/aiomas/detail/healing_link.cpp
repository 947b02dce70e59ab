#include "caf/aiomas/detail/healing_link.hpp"

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/io_timer.hpp"

#include <utility>

namespace caf::aiomas::detail {

link_ptr healing_link::current() const {
  std::lock_guard guard{mtx_};
  return link_;
}

activity::token healing_link::busy() const {
  auto home = home_.lock();
  return home ? activity::token{home->counted_in()} : activity::token{};
}

bool healing_link::lost() const {
  std::lock_guard guard{mtx_};
  return link_->conn()->closed();
}

uint64_t healing_link::request(handler done) {
  std::unique_lock guard{mtx_};
  auto id = next_id_++;
  if (!link_->conn()->closed()) {
    auto now = link_;
    guard.unlock();
    done(std::move(now));
    return id;
  }
  if (waiting_.size() >= max_waiting_) {
    guard.unlock();
    done(make_error(errc::overloaded,
                    std::string{"Too many calls wait for a connection"}));
    return id;
  }
  waiting_.emplace(id, std::move(done));
  if (attempt_ != 0)
    return id;
  attempt_ = id;
  guard.unlock();
  if (auto home = home_.lock())
    home->renew(shared_from_this(), id);
  else
    renewed(id, make_error(errc::shut_down,
                           std::string{"The container has been shut down"}));
  return id;
}

void healing_link::leave(uint64_t id) {
  waiting_map::node_type gone; // destroyed without the lock
  unique_function<void()> stop;
  {
    std::lock_guard guard{mtx_};
    gone = waiting_.extract(id);
    if (gone.empty() || !waiting_.empty())
      return;
    attempt_ = 0;
    stop = std::move(stop_);
  }
  if (stop)
    stop();
}

void healing_link::replace(link_ptr now) {
  waiting_map waiting;
  unique_function<void()> stop; // whoever has it goes without
  {
    std::lock_guard guard{mtx_};
    link_ = now;
    attempt_ = 0;
    stop = std::move(stop_);
    waiting.swap(waiting_);
  }
  for (auto& [id, done] : waiting)
    done(now);
  if (stop)
    stop();
}

void healing_link::renewing(uint64_t attempt, unique_function<void()> stop) {
  {
    std::lock_guard guard{mtx_};
    if (attempt_ == attempt) {
      stop_ = std::move(stop);
      return;
    }
  }
  stop();
}

void healing_link::renewed(uint64_t attempt, expected<link_ptr> result) {
  waiting_map waiting;
  unique_function<void()> stop; // destroyed without the lock
  {
    std::lock_guard guard{mtx_};
    if (attempt_ != attempt)
      return;
    attempt_ = 0;
    stop = std::move(stop_);
    if (result)
      link_ = *result;
    waiting.swap(waiting_);
  }
  for (auto& [id, done] : waiting)
    done(result);
}

// -- calls --------------------------------------------------------------------

namespace {

/// Whether the peer has said that it did not do what it was asked.
bool was_refused(const error& what) {
  return code_of(what) == errc::remote_exception
         && text_of(what).find("\n" + std::string{shut_down_error} + ": ")
              != std::string::npos;
}

/// Whether another connection may help.
bool may_try_again(const error& what) {
  return connection_lost(what) || code_of(what) == errc::cannot_connect
         || was_refused(what);
}

/// A call that goes on until it has a reply, or nothing more can be done. For
/// the thread of the slot's loop; handlers hop there.
class healing_call : public std::enable_shared_from_this<healing_call> {
private:
  /// Makes a handler that runs `f` with this object in the loop of the slot.
  template <class T, class F>
  auto hop(F f) {
    return [self = shared_from_this(), f](expected<T> x) mutable {
      auto& home = self->slot_->loop();
      auto go_on
        = [self, f, x = std::move(x)]() mutable { f(*self, std::move(x)); };
      home.post(std::move(go_on));
    };
  }

public:
  healing_call(deadline_slot_ptr<value> slot, healing_link_ptr via,
               std::string path, arguments with, size_t retries)
    : slot_(std::move(slot)),
      via_(std::move(via)),
      path_(std::move(path)),
      with_(std::move(with)),
      retries_(retries),
      pauses_(via_->pauses()) {
    // nop
  }

  void begin() {
    waits_ = true;
    auto id = via_->request(hop<link_ptr>([](auto& self, expected<link_ptr> x) {
      if (x)
        self.send(*x);
      else
        self.ended(std::move(x.error()));
    }));
    if (waits_)
      slot_->on_end([via = via_, id] { via->leave(id); });
  }

private:
  void send(const link_ptr& over) {
    if (!slot_->open())
      return;
    waits_ = false;
    // The slot has the deadline.
    auto call = over->call(path_, retries_ > 0 ? with_ : std::move(with_),
                           hop<value>([](auto& self, expected<value> reply) {
                             self.ended(std::move(reply));
                           }),
                           options::forever);
    slot_->on_end([conn = over->conn(), call] { conn->cancel(call); });
  }

  void ended(expected<value> reply) {
    if (!slot_->open())
      return;
    waits_ = false;
    slot_->on_end([] {}); // there is nothing to cancel any more
    if (reply || retries_ == 0 || !may_try_again(reply.error())) {
      slot_->complete(std::move(reply));
      return;
    }
    --retries_;
    // Who has just refused us is about to go, but still there.
    if (std::exchange(is_first_, false) && !was_refused(reply.error()))
      begin();
    else
      pause();
  }

  void pause() {
    auto timer = std::make_shared<io_timer>(slot_->loop().context());
    timer->expires_after(jittered(pauses_.next_pause()));
    timer->async_wait([self = shared_from_this(), timer,
                       counts = via_->busy()](asio::error_code ec) {
      io_loop::turn guard{self->slot_->loop()};
      if (!ec && self->slot_->open())
        self->begin();
    });
    slot_->on_end([timer] { timer->cancel(); });
  }

  deadline_slot_ptr<value> slot_;
  healing_link_ptr via_;
  std::string path_;
  arguments with_;
  size_t retries_;
  retry_plan pauses_; // before the second retry, and so on
  bool is_first_ = true;
  bool waits_ = false; // for a connection
};

} // namespace

pending<value>::canceller
call_healing(healing_link_ptr via, std::string path, arguments with,
             size_t retries, pending<value>::completion done,
             std::optional<std::chrono::nanoseconds> limit) {
  auto last = via->current();
  auto begin = [via = std::move(via), path = std::move(path),
                with = std::move(with),
                retries](deadline_slot_ptr<value> slot) mutable {
    auto call = std::make_shared<healing_call>(std::move(slot), std::move(via),
                                               std::move(path), std::move(with),
                                               retries);
    call->begin();
  };
  return begin_in_loop<value>(last->conn()->loop(), std::move(done),
                              limit ? limit : last->call_timeout(),
                              std::move(begin));
}

} // namespace caf::aiomas::detail
