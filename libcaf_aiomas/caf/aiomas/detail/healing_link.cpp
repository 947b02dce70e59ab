#include "caf/aiomas/detail/healing_link.hpp"

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"

#include <utility>

namespace caf::aiomas::detail {

link_ptr healing_link::current() const {
  std::lock_guard guard{mtx_};
  return link_;
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
  waiting_.emplace(id, std::move(done));
  if (std::exchange(renewing_, true))
    return id;
  guard.unlock();
  if (auto home = home_.lock())
    home->renew(shared_from_this());
  else
    renewed(make_error(errc::shut_down,
                       std::string{"The container has been shut down"}));
  return id;
}

void healing_link::leave(uint64_t id) {
  decltype(waiting_)::node_type gone; // destroyed without the lock
  std::lock_guard guard{mtx_};
  gone = waiting_.extract(id);
}

void healing_link::renewed(expected<link_ptr> now) {
  decltype(waiting_) waiting;
  {
    std::lock_guard guard{mtx_};
    renewing_ = false;
    if (now)
      link_ = *now;
    waiting.swap(waiting_);
  }
  for (auto& [id, done] : waiting)
    done(now);
}

// -- calls --------------------------------------------------------------------

namespace {

/// A call that goes on until it has a reply, or nothing more can be done. All
/// but the handlers that hop are for the thread of the slot's loop.
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
      retries_(retries) {
    // nop
  }

  void begin() {
    auto id
      = via_->request(hop<link_ptr>([](auto& self, expected<link_ptr> link) {
          if (link)
            self.send(*link);
          else
            self.slot_->complete(std::move(link.error()));
        }));
    if (!sent_)
      slot_->on_end([via = via_, id] { via->leave(id); });
  }

private:
  void send(const link_ptr& over) {
    if (!slot_->open())
      return;
    sent_ = true;
    // The slot has the deadline.
    auto call = over->call(path_, retries_ > 0 ? with_ : std::move(with_),
                           hop<value>([](auto& self, expected<value> reply) {
                             self.ended(std::move(reply));
                           }),
                           options::forever);
    slot_->on_end([conn = over->conn(), call] { conn->cancel(call); });
  }

  void ended(expected<value> reply) {
    if (!reply && connection_lost(reply.error()) && retries_ > 0
        && slot_->open()) {
      --retries_;
      sent_ = false;
      begin();
    } else if (slot_->open()) {
      slot_->on_end([] {}); // there is nothing to cancel any more
      slot_->complete(std::move(reply));
    }
  }

  deadline_slot_ptr<value> slot_;
  healing_link_ptr via_;
  std::string path_;
  arguments with_;
  size_t retries_;
  bool sent_ = false;
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
