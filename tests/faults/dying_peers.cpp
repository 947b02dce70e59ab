// Makes calls to servers that go away again and again, and sees to it that each
// call ends once and that nothing remains of those that failed:
//
//     dying_peers --seed 1 --echo tcp://127.0.0.2:5001/ --raw tcp://…
//
// Whoever starts it kills the echo servers when it says so, by lines such as
// `KILL 3 1`: as the kill number 3, the echo server number 1. They are expected
// to come back at the same address. The others cut connections of their own
// accord.

#include "call_ledger.hpp"
#include "call_mix.hpp"
#include "footprint.hpp"
#include "interop/interop_types.hpp"

#include <CLI/CLI.hpp>

#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

using namespace faults;

namespace {

/// How long all may take together.
constexpr auto patience = 50s;

struct plan {
  uint64_t seed = 0;
  size_t calls = 10'000;
  size_t warm_up = 2'000;
  size_t kills = 20;
  long max_resident_kib = 8'192; // threads have their share, allocated or not
  // What connections happen to buffer at the end: a leak of a few hundred bytes
  // for each call is more.
  long max_allocated_kib = 2'048;
  std::vector<std::string> echo;
  std::vector<std::string> raw;
  std::string certs; // empty without TLS
};

// -- what workers share -------------------------------------------------------

/// Waits for workers.
class roll_call {
public:
  void enter() {
    std::lock_guard guard{mtx_};
    ++present_;
  }

  void leave() {
    std::lock_guard guard{mtx_};
    if (--present_ == 0)
      empty_.notify_all();
  }

  /// Returns whether all have left in time.
  bool wait_until(std::chrono::steady_clock::time_point limit) {
    std::unique_lock guard{mtx_};
    return empty_.wait_until(guard, limit, [this] { return present_ == 0; });
  }

private:
  std::mutex mtx_;
  std::condition_variable empty_;
  size_t present_ = 0; // guarded by mtx_
};

struct job {
  call_ledger& calls;
  roll_call& workers;
  aiomas::container home;
  std::shared_ptr<int> token; // held by whatever waits for an end
};

// -- workers ------------------------------------------------------------------

/// Makes batches of calls with continuations.
class batch_worker : public aiomas::agent {
public:
  batch_worker(actor_config& cfg, aiomas::container c, const job* what,
               call_mix mix)
    : agent(cfg, std::move(c)), job_(*what), mix_(std::move(mix)) {
    // nop
  }

  behavior make_behavior() override {
    connect();
    return {};
  }

  void on_exit() override {
    job_.workers.leave();
  }

private:
  void connect() {
    target_ = mix_.pick_target();
    container()
      .connect(mix_.pick_agent(target_))
      .timeout(mix_.pick_patience())
      .then(
        this, [this](const aiomas::proxy& remote) { make_calls(remote); },
        [this](error& why) {
          job_.calls.no_connection(why);
          connect();
        });
  }

  void make_calls(const aiomas::proxy& remote) {
    for (auto n = mix_.pick_batch(); n > 0; --n) {
      auto call = job_.calls.take();
      if (!call)
        break;
      ++open_;
      auto what = mix_.pick_call(target_);
      what.start(remote).then(
        this,
        [this, call, token = job_.token,
         want = what.want](const aiomas::value& got) {
          job_.calls.result(*call, got, want);
          ended();
        },
        [this, call, token = job_.token](error& why) {
          job_.calls.failure(*call, why);
          ended();
        });
    }
    if (open_ == 0)
      quit();
  }

  void ended() {
    if (--open_ == 0)
      connect();
  }

  const job& job_;
  call_mix mix_;
  target target_;
  size_t open_ = 0;
};

/// Makes calls in some coroutines, one after the other in each.
class task_worker : public aiomas::agent {
public:
  task_worker(actor_config& cfg, aiomas::container c, const job* what,
              call_mix mix)
    : agent(cfg, std::move(c)), job_(*what), mix_(std::move(mix)) {
    // nop
  }

  behavior make_behavior() override {
    running_ = 8;
    for (size_t i = 0; i < 8; ++i)
      launch(line());
    return {};
  }

  void on_exit() override {
    job_.workers.leave();
  }

private:
  aiomas::task<void> line() {
    auto more = true;
    while (more) {
      auto where = mix_.pick_target();
      try {
        auto remote = co_await container()
                        .connect(mix_.pick_agent(where))
                        .timeout(mix_.pick_patience());
        for (auto n = mix_.pick_batch(); more && n > 0; --n)
          more = co_await make_call(where, remote);
      } catch (const aiomas::exception& ex) {
        job_.calls.no_connection(ex.why());
      }
    }
    if (--running_ == 0)
      quit();
  }

  /// Returns whether more calls are to be made.
  aiomas::task<bool> make_call(target where, aiomas::proxy remote) {
    auto call = job_.calls.take();
    if (!call)
      co_return false;
    auto what = mix_.pick_call(where);
    try {
      auto got = co_await what.start(remote);
      job_.calls.result(*call, got, what.want);
    } catch (const aiomas::exception& ex) {
      job_.calls.failure(*call, ex.why());
    }
    co_return true;
  }

  const job& job_;
  call_mix mix_;
  size_t running_ = 0;
};

/// Connects, and hands the calls of each batch to `make_calls`, which returns
/// once they have ended.
template <class F>
void connect_and(const job& what, call_mix& mix, F make_calls) {
  for (;;) {
    auto where = mix.pick_target();
    auto remote
      = what.home.connect(mix.pick_agent(where)).get(mix.pick_patience());
    if (!remote) {
      what.calls.no_connection(remote.error());
      continue;
    }
    std::vector<std::pair<size_t, planned_call>> batch;
    for (auto n = mix.pick_batch(); n > 0; --n)
      if (auto call = what.calls.take())
        batch.emplace_back(*call, mix.pick_call(where));
    if (batch.empty())
      return;
    make_calls(*remote, batch);
  }
}

/// A thread that starts calls, and blocks for each result.
void start_and_get(const job& what, call_mix mix) {
  connect_and(what, mix, [&](const aiomas::proxy& remote, auto& batch) {
    std::vector<aiomas::pending<aiomas::value>::started> begun;
    for (auto& [call, how] : batch)
      begun.push_back(how.start(remote).start());
    for (size_t i = 0; i < batch.size(); ++i)
      what.calls.end(batch[i].first, begun[i].get(), batch[i].second.want);
  });
  what.workers.leave();
}

/// A thread that takes results in whatever thread has them.
void start_and_be_notified(const job& what, call_mix mix) {
  connect_and(what, mix, [&](const aiomas::proxy& remote, auto& batch) {
    auto open = std::make_shared<std::atomic<size_t>>(batch.size());
    for (auto& [call, how] : batch) {
      auto pending = how.start(remote);
      std::move(pending).notify(
        [&calls = what.calls, open, token = what.token, number = call,
         want = how.want](const expected<aiomas::value>& got) {
          calls.end(number, got, want);
          if (--*open == 0)
            open->notify_all();
        });
    }
    for (auto left = open->load(); left > 0; left = open->load())
      open->wait(left);
  });
  what.workers.leave();
}

/// Lets all kinds of workers make calls, until no more are to be made. Returns
/// false if that takes too long.
bool make_calls(const job& what, const std::function<call_mix()>& next_mix,
                std::chrono::steady_clock::time_point limit) {
  std::vector<std::thread> threads;
  for (auto i = 0; i < 2; ++i) {
    for (auto n = 0; n < 4; ++n)
      what.workers.enter();
    what.home.spawn<batch_worker>(&what, next_mix());
    what.home.spawn<task_worker>(&what, next_mix());
    threads.emplace_back(start_and_get, std::cref(what), next_mix());
    threads.emplace_back(start_and_be_notified, std::cref(what), next_mix());
  }
  auto in_time = what.workers.wait_until(limit);
  for (auto& x : threads)
    in_time ? x.join() : x.detach();
  return in_time;
}

// -- the whole ----------------------------------------------------------------

aiomas::agent_behavior own_agent(aiomas::agent_ptr) {
  return {
    aiomas::expose("service", [](const aiomas::value& x) { return x; }),
  };
}

std::vector<size_t> pick_marks(const plan& what) {
  std::mt19937_64 rng{what.seed};
  std::uniform_int_distribution<size_t> any{1, what.calls};
  std::vector<size_t> result(what.kills);
  for (auto& x : result)
    x = any(rng);
  std::sort(result.begin(), result.end());
  return result;
}

/// Waits for what happens on its own accord, but tells nobody.
template <class F>
bool until(std::chrono::steady_clock::time_point limit, F condition) {
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit)
      return false;
    std::this_thread::yield();
  }
  return true;
}

[[noreturn]] void give_up(call_ledger& calls, const std::string& why) {
  std::cout << why << "; " << calls.summary() << '\n';
  for (auto& x : calls.complaints())
    std::cout << "WRONG " << x << '\n';
  std::cout << std::flush;
  std::_Exit(1);
}

/// Uses all I/O threads, which open something for themselves with their first
/// socket.
expected<void> warm_up(actor_system& sys) {
  auto server = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!server)
    return std::move(server.error());
  for (auto n = aiomas::middleman::of(sys).loops().size(); n > 0; --n) {
    auto client = aiomas::container::create(sys, {"127.0.0.1", 0});
    if (!client)
      return std::move(client.error());
    (void) client->connect(server->base_url() + "none").get();
    if (auto closed = client->shutdown(); !closed)
      return closed;
  }
  return server->shutdown();
}

void run(actor_system& sys, const plan& what, call_ledger& calls) {
  auto limit = std::chrono::steady_clock::now() + patience;
  if (auto warm = warm_up(sys); !warm)
    return calls.complain(aiomas::describe(warm.error()));
  auto files = open_files();
  auto at_start = files.size();
  auto opts = interop::echo_options({});
  // Servers that are gone come back in a moment; until then, some attempts are
  // to fail.
  opts.connect_timeout = 20ms;
  opts.connect_retry_min = 1ms;
  if (!what.certs.empty())
    opts.ssl
      = aiomas::ssl_certs{what.certs + "/ca.pem", what.certs + "/device.pem",
                          what.certs + "/device.key"};
  auto home = aiomas::container::create(sys, {"127.0.0.1", 0}, opts);
  if (!home)
    return calls.complain(aiomas::describe(home.error()));
  std::vector<target> targets;
  for (auto& url : what.echo)
    targets.push_back({url, true});
  for (auto& url : what.raw)
    targets.push_back({url, false});
  // Beside the listening socket, a connection to each peer, and one of each
  // that connects to us.
  auto most = at_start + 1 + targets.size() + what.echo.size();
  auto own = home->spawn("Own", own_agent);
  auto token = std::make_shared<int>();
  roll_call workers;
  job all{calls, workers, *home, token};
  auto work = [&](size_t n) {
    calls.allow(n);
    auto next_mix = [&, seed = what.seed]() mutable {
      return call_mix{++seed + n, targets, own};
    };
    if (!make_calls(all, next_mix, limit))
      give_up(calls, "hangs");
    if (!until(limit, [&] { return token.use_count() == 2; }))
      give_up(calls, "what waited for calls is still there");
    if (!until(limit, [&] { return descriptors() <= most; }))
      give_up(calls, std::to_string(descriptors())
                       + " descriptors are open instead of "
                       + std::to_string(most));
    return memory::now();
  };
  auto first = work(what.warm_up);
  auto used = work(what.calls);
  auto open = descriptors();
  if (auto closed = home->shutdown(); !closed)
    calls.complain(aiomas::describe(closed.error()));
  memory growth{used.resident_kib - first.resident_kib,
                used.allocated_kib - first.allocated_kib};
  std::cout << calls.summary() << "\ndescriptors: " << at_start
            << " at the start, " << open << " with connections, "
            << descriptors() << " at the end\nmemory: " << first.resident_kib
            << " KiB after " << what.warm_up << " calls, "
            << growth.resident_kib << " KiB more at the end; "
            << first.allocated_kib << " KiB and " << growth.allocated_kib
            << " KiB of it by malloc" << std::endl;
  if (!until(limit, [&] { return descriptors() <= at_start; })) {
    calls.complain("descriptors are left open");
    for (auto& x : files)
      std::cout << "at the start: " << x << '\n';
    for (auto& x : open_files())
      std::cout << "at the end: " << x << '\n';
  }
  if (growth.resident_kib > what.max_resident_kib
      || growth.allocated_kib > what.max_allocated_kib)
    calls.complain("memory has grown");
}

} // namespace

int main(int argc, char** argv) {
  plan what;
  CLI::App app{"Calls servers that go away again and again."};
  app.add_option("--seed", what.seed, "for all that is random");
  app.add_option("--calls", what.calls, "calls in all");
  app.add_option("--warm-up", what.warm_up, "calls before memory is looked at");
  app.add_option("--kills", what.kills, "how often to ask for one");
  app.add_option("--max-growth", what.max_resident_kib,
                 "KiB by which memory may grow after that");
  app.add_option("--max-allocated", what.max_allocated_kib,
                 "the same of what malloc has given");
  app.add_option("--echo", what.echo, "containers with echo agents")
    ->required();
  app.add_option("--raw", what.raw, "containers that cut their connections");
  app.add_option("--certs", what.certs,
                 "TLS: folder with ca.pem, device.pem and device.key");
  app.allow_extras(); // CAF's own options
  CLI11_PARSE(app, argc, argv);
  aiomas::config cfg;
  if (auto err = cfg.parse(app.remaining())) {
    std::cerr << actor_system_config::render(err) << '\n';
    return 2;
  }
  call_ledger calls{what.calls, pick_marks(what), [&what](size_t i) {
                      std::ostringstream line;
                      line << "KILL " << i << ' ' << i % what.echo.size()
                           << '\n';
                      std::cout << line.str() << std::flush;
                    }};
  {
    actor_system sys{cfg};
    run(sys, what, calls);
  }
  auto wrong = calls.complaints();
  for (auto& x : wrong)
    std::cout << "WRONG " << x << std::endl;
  return wrong.empty() ? 0 : 1;
}
