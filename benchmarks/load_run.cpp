#include "load_run.hpp"

#include "load_pacer.hpp"
#include "load_values.hpp"
#include "load_window.hpp"

#include "caf/aiomas/all.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace aiomas = caf::aiomas;

namespace load {

namespace {

/// How long calls may take that are still pending after the window.
constexpr auto patience = std::chrono::seconds{10};

/// One connection with its calls. A reply directly causes the next call, in the
/// connection's I/O thread, unless somebody else sets the pace.
class driver : public std::enable_shared_from_this<driver> {
public:
  driver(aiomas::rpc_client client, const plan& how, const window& when,
         const aiomas::value& payload, size_t first_agent)
    : client_(std::move(client)),
      root_(client_.remote()),
      how_(how),
      when_(when),
      function_(how.work_us > 0 ? "work" : "service"),
      many_agents_(how.agents > how.depth),
      next_agent_(first_agent),
      slots_(how.depth) {
    for (size_t i = 0; i < slots_.size(); ++i) {
      auto& x = slots_[i];
      if (!many_agents_)
        x.agent = root_["agents"][std::to_string(i % how.agents)];
      x.payload = payload;
      if (payload.is_integer())
        x.payload = static_cast<int64_t>(i);
    }
  }

  void begin() {
    running_ = slots_.size();
    for (size_t i = 0; i < slots_.size(); ++i)
      call(i);
  }

  /// Lets `begin_one` begin the calls.
  void begin_paced() {
    for (size_t i = 0; i < slots_.size(); ++i)
      idle_.push_back(i);
  }

  /// Begins a call unless too many are pending. Returns whether it did.
  bool begin_one() {
    size_t index = 0;
    {
      std::lock_guard guard{mtx_};
      if (idle_.empty())
        return false;
      index = idle_.back();
      idle_.pop_back();
      ++running_;
    }
    call(index);
    return true;
  }

  /// Waits for the last reply. Returns how many calls are still pending.
  size_t wait() {
    std::unique_lock guard{mtx_};
    done_.wait_until(guard, when_.end() + patience,
                     [this] { return running_ == 0; });
    return running_;
  }

  /// Takes the result once no call is pending.
  result take() {
    return std::move(result_);
  }

  void close() {
    client_.close();
  }

private:
  struct slot {
    aiomas::proxy agent;
    aiomas::value payload;
    clock::time_point sent;
  };

  aiomas::pending<aiomas::value> prepare(const slot& x) {
    if (!many_agents_)
      return how_.work_us > 0 ? x.agent.call(function_, how_.work_us, x.payload)
                              : x.agent.call(function_, x.payload);
    // A stride that visits all, far apart from each other.
    auto path = path_of(how_, next_agent_++ * 7919 % how_.agents);
    return how_.work_us > 0 ? root_.call(path, how_.work_us, x.payload)
                            : root_.call(path, x.payload);
  }

  void call(size_t index) {
    auto& x = slots_[index];
    x.sent = clock::now();
    prepare(x).notify(
      [self = shared_from_this(), index](caf::expected<aiomas::value> reply) {
        self->on_reply(index, reply);
      });
  }

  void on_reply(size_t index, const caf::expected<aiomas::value>& reply) {
    auto& x = slots_[index];
    // The call's place in the loop stays empty after an error.
    if (!reply) {
      result_.fail(aiomas::describe(reply.error()));
      retire();
    } else if (*reply != x.payload) {
      result_.fail("another value than the one that was sent");
      retire();
    } else {
      auto goes_on = when_.on_reply(result_, x.sent);
      if (auto number = x.payload.get_if<int64_t>())
        *number += static_cast<int64_t>(slots_.size()); // unlike all before
      if (how_.rate > 0)
        retire(index);
      else if (goes_on)
        call(index);
      else
        retire();
    }
  }

  /// Notes that a call is over; its slot may be used again.
  void retire(std::optional<size_t> index = std::nullopt) {
    std::lock_guard guard{mtx_};
    if (index)
      idle_.push_back(*index);
    if (--running_ == 0)
      done_.notify_all();
  }

  aiomas::rpc_client client_;
  aiomas::proxy root_;
  plan how_;
  const window& when_;
  std::string function_;
  bool many_agents_;
  size_t next_agent_;
  std::vector<slot> slots_;
  result result_;

  std::mutex mtx_;
  std::condition_variable done_;
  size_t running_ = 0; // guarded by mtx_
  std::vector<size_t> idle_; // slots, if the calls are paced; by mtx_
};

using driver_ptr = std::shared_ptr<driver>;

/// Begins the calls of all connections.
std::unique_ptr<pacer> begin(const std::vector<driver_ptr>& drivers,
                             const plan& how, const window& when) {
  if (how.rate <= 0) {
    for (auto& x : drivers)
      x->begin();
    return nullptr;
  }
  for (auto& x : drivers)
    x->begin_paced();
  auto begin_any = [&drivers, next = size_t{0}]() mutable {
    return std::any_of(drivers.begin(), drivers.end(), [&](auto&) {
      return drivers[next++ % drivers.size()]->begin_one();
    });
  };
  return std::make_unique<pacer>(how.rate, when.end(), begin_any);
}

caf::expected<std::vector<aiomas::rpc_client>>
connect(caf::actor_system& sys, const aiomas::address& where, const plan& how) {
  aiomas::options opts;
  opts.codec = codec_of(how);
  if (how.transport == "tls")
    opts.ssl
      = aiomas::ssl_certs{how.certs + "/ca.pem", how.certs + "/device.pem",
                          how.certs + "/device.key"};
  std::vector<aiomas::rpc_client> result;
  for (size_t i = 0; i < how.conns; ++i) {
    auto client
      = aiomas::rpc::open_connection(sys, where, {}, opts).get(patience);
    if (!client)
      return std::move(client.error());
    result.push_back(std::move(*client));
  }
  return result;
}

} // namespace

caf::expected<result> run(caf::actor_system& sys, const aiomas::address& where,
                          const plan& how, pid_t server) {
  auto payload = make_payload(how.payload);
  auto clients = connect(sys, where, how);
  if (!clients)
    return std::move(clients.error());
  window when{how, server};
  std::vector<driver_ptr> drivers;
  for (auto& client : *clients)
    drivers.push_back(std::make_shared<driver>(std::move(client), how, when,
                                               payload, drivers.size() * 31));
  begin(drivers, how, when).reset(); // which waits for the end of a pacer
  result sum;
  for (auto& x : drivers) {
    if (auto left = x->wait(); left > 0) {
      // Their results are still being written.
      sum.errors += left;
      sum.first_error = "no reply in time";
    } else {
      sum.add(x->take());
    }
    x->close();
  }
  when.finish(sum);
  return sum;
}

} // namespace load
