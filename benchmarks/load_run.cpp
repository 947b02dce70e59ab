#include "load_run.hpp"

#include "caf/aiomas/all.hpp"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <memory>
#include <mutex>

namespace aiomas = caf::aiomas;

namespace load {

namespace {

using clock = std::chrono::steady_clock;

/// How long calls may take that are still pending after the window.
constexpr auto patience = std::chrono::seconds{10};

/// When the calls of the window begin and end to count.
struct schedule {
  clock::time_point begin;
  clock::time_point end;
};

/// One connection with its calls. All but `wait` and `begin` happens in the
/// connection's I/O thread, where a reply directly causes the next call.
class driver : public std::enable_shared_from_this<driver> {
public:
  driver(aiomas::rpc_client client, const plan& how, schedule when)
    : client_(std::move(client)), when_(when), slots_(how.depth) {
    for (size_t i = 0; i < slots_.size(); ++i) {
      auto& x = slots_[i];
      auto aid = std::to_string(i % how.agents);
      x.agent = client_.remote()["agents"][aid];
      x.payload = static_cast<int64_t>(i);
      if (how.string_size)
        x.payload = std::string(*how.string_size, 'x');
    }
  }

  void begin() {
    running_ = slots_.size();
    for (size_t i = 0; i < slots_.size(); ++i)
      call(i, clock::now());
  }

  /// Waits for the last reply. Returns how many calls are still pending.
  size_t wait() {
    std::unique_lock guard{mtx_};
    done_.wait_until(guard, when_.end + patience,
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

  void call(size_t index, clock::time_point now) {
    auto& x = slots_[index];
    x.sent = now;
    x.agent.call("service", x.payload)
      .notify(
        [self = shared_from_this(), index](caf::expected<aiomas::value> reply) {
          self->on_reply(index, reply);
        });
  }

  void on_reply(size_t index, const caf::expected<aiomas::value>& reply) {
    auto now = clock::now();
    auto& x = slots_[index];
    if (!reply) {
      fail(aiomas::describe(reply.error()));
      return;
    }
    if (*reply != x.payload) {
      fail("another value than the one that was sent");
      return;
    }
    if (now >= when_.end) {
      retire();
      return;
    }
    if (now >= when_.begin)
      count(now - x.sent);
    if (auto number = x.payload.get_if<int64_t>())
      *number += static_cast<int64_t>(slots_.size()); // unlike all before
    call(index, now);
  }

  void count(clock::duration latency) {
    constexpr uint64_t max = std::numeric_limits<uint32_t>::max();
    auto ns = static_cast<uint64_t>(std::chrono::nanoseconds{latency}.count());
    ++result_.calls;
    result_.latencies.push_back(static_cast<uint32_t>(std::min(ns, max)));
  }

  /// The call's place in the loop stays empty after an error.
  void fail(std::string why) {
    if (result_.errors++ == 0)
      result_.first_error = std::move(why);
    retire();
  }

  void retire() {
    std::lock_guard guard{mtx_};
    if (--running_ == 0)
      done_.notify_all();
  }

  aiomas::rpc_client client_;
  schedule when_;
  std::vector<slot> slots_;
  result result_;

  std::mutex mtx_;
  std::condition_variable done_;
  size_t running_ = 0; // guarded by mtx_
};

caf::expected<std::vector<aiomas::rpc_client>>
connect(caf::actor_system& sys, const aiomas::address& where, const plan& how) {
  aiomas::options opts;
  opts.codec = how.codec;
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

void add(result& to, result from) {
  to.calls += from.calls;
  to.errors += from.errors;
  if (to.first_error.empty())
    to.first_error = std::move(from.first_error);
  to.latencies.insert(to.latencies.end(), from.latencies.begin(),
                      from.latencies.end());
}

} // namespace

double result::quantile_us(double share) const {
  if (latencies.empty())
    return 0;
  auto index
    = static_cast<size_t>(static_cast<double>(latencies.size()) * share);
  return latencies[std::min(index, latencies.size() - 1)] / 1000.;
}

caf::expected<result> run(caf::actor_system& sys, const aiomas::address& where,
                          const plan& how) {
  auto clients = connect(sys, where, how);
  if (!clients)
    return std::move(clients.error());
  schedule when;
  when.begin
    = clock::now() + std::chrono::duration_cast<clock::duration>(how.warmup);
  when.end
    = when.begin + std::chrono::duration_cast<clock::duration>(how.window);
  std::vector<std::shared_ptr<driver>> drivers;
  for (auto& client : *clients)
    drivers.push_back(std::make_shared<driver>(std::move(client), how, when));
  for (auto& x : drivers)
    x->begin();
  result sum;
  for (auto& x : drivers) {
    if (auto left = x->wait(); left > 0) {
      // Their results are still being written.
      sum.errors += left;
      sum.first_error = "no reply in time";
    } else {
      add(sum, x->take());
    }
    x->close();
  }
  std::sort(sum.latencies.begin(), sum.latencies.end());
  return sum;
}

} // namespace load
