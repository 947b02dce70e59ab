#include "caf/aiomas/middleman.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/caf_event_log.hpp"
#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/reply_sink.hpp"
#include "caf/aiomas/detail/simulation_part.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>

#include <asio/post.hpp>
#include <asio/signal_set.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace caf::aiomas {

namespace {

// Options of a dotted group reach a bound variable from the command line only,
// hence the look-ups.

template <class T>
void read(const actor_system_config& cfg, const char* name, T& into) {
  if (auto x = get_if<T>(&cfg, std::string{"caf.aiomas."} + name))
    into = *x;
}

template <class Rep, class Period>
void read(const actor_system_config& cfg, const char* name,
          std::chrono::duration<Rep, Period>& into) {
  using duration = std::chrono::duration<Rep, Period>;
  if (auto x = get_if<timespan>(&cfg, std::string{"caf.aiomas."} + name))
    into = std::chrono::ceil<duration>(*x);
}

detail::reply_sink& sink_in(const strong_actor_ptr& hdl) {
  return *static_cast<detail::reply_sink*>(actor_cast<abstract_actor*>(hdl));
}

session_limits limits_from(const actor_system_config& cfg) {
  session_limits result;
  read(cfg, "max-payload", result.max_payload);
  read(cfg, "max-nesting", result.max_nesting);
  read(cfg, "max-values", result.max_values);
  read(cfg, "max-inbound-requests", result.max_inbound_requests);
  read(cfg, "max-inbound-bytes", result.max_inbound_bytes);
  read(cfg, "max-outbound-bytes", result.max_outbound_bytes);
  read(cfg, "max-waiting-calls", result.max_waiting_calls);
  read(cfg, "frame-timeout", result.frame_timeout);
  read(cfg, "frame-timeout-per-mib", result.frame_timeout_per_mib);
  read(cfg, "write-timeout", result.write_timeout);
  read(cfg, "close-timeout", result.close_timeout);
  read(cfg, "idle-timeout", result.idle_timeout);
  auto reject = false;
  read(cfg, "reject-overflow", reject);
  if (reject)
    result.overflow = overflow_policy::reject;
  return result;
}

keepalive keepalive_from(const actor_system_config& cfg) {
  keepalive result;
  read(cfg, "keepalive-idle", result.idle);
  read(cfg, "keepalive-interval", result.interval);
  read(cfg, "keepalive-probes", result.probes);
  return result;
}

/// All but `call_timeout` has a value.
options options_from(const actor_system_config& cfg) {
  auto any = [&cfg]<class T>(const char* name, T fallback) {
    read(cfg, name, fallback);
    return fallback;
  };
  using duration = options::duration;
  options result;
  result.limits = limits_from(cfg);
  result.keepalive = keepalive_from(cfg);
  result.connect_attempt_timeout = any(
    "connect-attempt-timeout", duration{defaults::connect_attempt_timeout});
  result.tls_handshake_timeout
    = any("tls-handshake-timeout", duration{defaults::tls_handshake_timeout});
  result.connect_retry_min
    = any("connect-retry-min", duration{defaults::connect_retry_min});
  result.connect_retry_max
    = any("connect-retry-max", duration{defaults::connect_retry_max});
  result.shutdown_timeout
    = any("shutdown-timeout", duration{defaults::shutdown_timeout});
  result.max_connections = any("max-connections", defaults::max_connections);
  result.max_connections_per_peer
    = any("max-connections-per-peer", defaults::max_connections_per_peer);
  if (auto x = get_if<timespan>(&cfg, "caf.aiomas.call-timeout"))
    result.call_timeout = *x;
  return result;
}

} // namespace

// -- implementation -----------------------------------------------------------

struct middleman::impl {
  struct worker {
    std::shared_ptr<detail::io_loop> loop;
    strong_actor_ptr sink;
  };

  explicit impl(actor_system& s) : sys(s) {
    // nop
  }

  actor_system& sys;
  options configured; // never changes after `init`
  std::vector<std::shared_ptr<detail::io_loop>> loops;
  std::vector<strong_actor_ptr> sinks; // of the loops, in their order; see stop
  std::atomic<size_t> turn = 0;
  bool driven = false; // without threads

  std::mutex mtx;
  detail::simulation_part simulation; // guarded by mtx; empty if there is none
  std::condition_variable changed;
  size_t containers = 0; // guarded by mtx
  bool had_containers = false; // guarded by mtx
  bool interrupted = false; // guarded by mtx
};

// -- construction -------------------------------------------------------------

middleman::middleman(actor_system& sys) : impl_(std::make_unique<impl>(sys)) {
  // nop
}

middleman::~middleman() {
  // nop
}

middleman& middleman::of(actor_system& sys) {
  if (!sys.has_network_manager())
    throw std::logic_error(
      "this actor system has no caf::aiomas::middleman: "
      "load it with cfg.load<caf::aiomas::middleman>()");
  return *reinterpret_cast<middleman*>(&sys.network_manager());
}

// -- implementation of actor_system::module -----------------------------------

void middleman::init(actor_system_config& cfg) {
  add_message_types(cfg);
  auto debug = detail::debugging();
  read(cfg, "debug", debug);
  detail::set_debugging(debug);
  impl_->configured = options_from(cfg);
  auto threads = defaults::io_threads;
  read(cfg, "io-threads", threads);
  impl_->driven = threads == 0;
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i)
    impl_->loops.push_back(std::make_shared<detail::io_loop>());
}

void middleman::start() {
  auto log = detail::caf_event_log::make(impl_->sys);
  for (auto& loop : impl_->loops) {
    loop->report_to(log);
    actor_config cfg;
    impl_->sinks.push_back(make_actor<detail::reply_sink, strong_actor_ptr>(
      impl_->sys.next_actor_id(), impl_->sys.node(), &impl_->sys, cfg, *loop));
    if (impl_->driven)
      loop->start_driven();
    else
      loop->start();
  }
}

void middleman::stop() {
  for (auto& loop : impl_->loops)
    loop->stop();
  decltype(impl_->sinks) sinks;
  std::lock_guard guard{impl_->mtx};
  sinks.swap(impl_->sinks);
}

actor_system::module::id_t middleman::id() const {
  return network_manager;
}

void* middleman::subtype_ptr() {
  return this;
}

// -- settings -----------------------------------------------------------------

const session_limits& middleman::limits() const noexcept {
  return *impl_->configured.limits;
}

size_t middleman::max_connections() const noexcept {
  return *impl_->configured.max_connections;
}

size_t middleman::max_connections_per_peer() const noexcept {
  return *impl_->configured.max_connections_per_peer;
}

std::chrono::nanoseconds middleman::connect_attempt_timeout() const noexcept {
  return *impl_->configured.connect_attempt_timeout;
}

options middleman::complete(options what) const {
  auto& from = impl_->configured;
  auto fill = [](auto& x, const auto& fallback) {
    if (!x)
      x = fallback;
  };
  fill(what.limits, from.limits);
  fill(what.connect_attempt_timeout, from.connect_attempt_timeout);
  fill(what.tls_handshake_timeout, from.tls_handshake_timeout);
  fill(what.connect_retry_min, from.connect_retry_min);
  fill(what.connect_retry_max, from.connect_retry_max);
  fill(what.keepalive, from.keepalive);
  fill(what.call_timeout, from.call_timeout);
  fill(what.shutdown_timeout, from.shutdown_timeout);
  fill(what.max_connections, from.max_connections);
  fill(what.max_connections_per_peer, from.max_connections_per_peer);
  return what;
}

// -- what is seen from outside ------------------------------------------------

metrics_snapshot middleman::metrics() const {
  metrics_snapshot result;
  for (auto& loop : impl_->loops)
    result.add(loop->traffic());
  return result;
}

// -- serving ------------------------------------------------------------------

namespace {

/// Catches SIGINT and SIGTERM as long as it lives.
class signal_catcher {
public:
  /// The first signal makes `interrupt` be called, in the thread of `loop`; the
  /// second has its usual effect.
  signal_catcher(detail::io_loop& loop, std::function<void()> interrupt)
    : loop_(loop), signals_(loop.context(), SIGINT, SIGTERM) {
    in_loop([this, interrupt = std::move(interrupt)] {
      signals_.async_wait([this, interrupt](asio::error_code ec, int) {
        if (ec)
          return;
        signals_.async_wait([this](asio::error_code failed, int second) {
          if (failed)
            return;
          signals_.clear();
          ::kill(::getpid(), second); // this thread blocks signals
        });
        interrupt();
      });
    });
  }

  signal_catcher(const signal_catcher&) = delete;
  signal_catcher& operator=(const signal_catcher&) = delete;

  ~signal_catcher() {
    // A second signal that came at once with the first may be on its way.
    in_loop([] {});
    in_loop([] {});
    in_loop([this] { signals_.clear(); });
    in_loop([] {}); // its handlers have run, too
  }

private:
  template <class F>
  void in_loop(F f) {
    std::promise<void> done;
    loop_.post([&] {
      f();
      asio::post(loop_.context(), [&done] { done.set_value(); });
    });
    done.get_future().wait();
  }

  detail::io_loop& loop_;
  asio::signal_set signals_; // for the thread of the loop
};

} // namespace

void middleman::serve(const std::function<void()>& when_ready) {
  if (!detail::may_block())
    return;
  signal_catcher catcher{*impl_->loops.front(), [this] {
                           std::lock_guard guard{impl_->mtx};
                           impl_->interrupted = true;
                           impl_->changed.notify_all();
                         }};
  if (when_ready)
    when_ready();
  std::unique_lock guard{impl_->mtx};
  impl_->changed.wait(guard, [this] {
    return impl_->interrupted
           || (impl_->had_containers && impl_->containers == 0);
  });
  impl_->interrupted = false;
}

void middleman::container_created() {
  std::lock_guard guard{impl_->mtx};
  ++impl_->containers;
  impl_->had_containers = true;
}

void middleman::container_shut_down() {
  std::lock_guard guard{impl_->mtx};
  --impl_->containers;
  impl_->changed.notify_all();
}

void run(actor_system& sys, const std::function<void()>& when_ready) {
  middleman::of(sys).serve(when_ready);
}

// -- driving ------------------------------------------------------------------

size_t middleman::poll() {
  size_t events = 0;
  if (impl_->driven)
    for (auto& loop : impl_->loops)
      events += loop->poll();
  return events;
}

size_t middleman::advance(std::chrono::nanoseconds by) {
  size_t events = 0;
  if (impl_->driven)
    for (auto& loop : impl_->loops)
      events += loop->advance(by);
  return events;
}

// -- for the other layers -----------------------------------------------------

actor_system& middleman::system() noexcept {
  return impl_->sys;
}

const std::vector<std::shared_ptr<detail::io_loop>>&
middleman::loops() const noexcept {
  return impl_->loops;
}

detail::io_loop& middleman::next_loop() noexcept {
  return *impl_->loops[impl_->turn++ % impl_->loops.size()];
}

detail::reply_sink& middleman::sink_of(detail::io_loop& loop) noexcept {
  size_t index = 0;
  while (impl_->loops[index].get() != &loop)
    ++index;
  return sink_in(impl_->sinks[index]);
}

detail::simulation_part middleman::simulation() {
  std::lock_guard guard{impl_->mtx};
  auto& result = impl_->simulation;
  if (!result) {
    result = detail::simulation_part::make();
    for (auto& loop : impl_->loops)
      loop->count_in(result.counts);
  }
  return result;
}

void middleman::actor_ended(detail::actor_identity who) {
  std::unique_lock guard{impl_->mtx};
  auto sinks = impl_->sinks;
  guard.unlock();
  for (auto& sink : sinks)
    sink_in(sink).ended(who);
}

// -- config -------------------------------------------------------------------

namespace {

/// More threads than cores only take turns. One may be busy for long.
size_t workers() {
  return std::max<size_t>(2, std::thread::hardware_concurrency());
}

} // namespace

config::config() {
  load<middleman>();
  set("scheduler.policy", atom("sharing"));
  set("scheduler.max-threads", workers());
  opt_group{custom_options_, "caf.aiomas"}
    .add<bool>("debug",
               "say more: where errors come from, what is slow, late "
               "or forgotten")
    .add<size_t>("io-threads", "threads that do I/O; 0: the program polls")
    .add<size_t>("max-payload", "longest payload of a frame in bytes")
    .add<size_t>("max-nesting", "deepest nesting of a message")
    .add<size_t>("max-values", "most values in a message that arrives")
    .add<size_t>("max-inbound-requests",
                 "requests of one peer that are worked on at a time")
    .add<size_t>("max-inbound-bytes", "the same in bytes of payload")
    .add<size_t>("max-outbound-bytes", "bytes waiting to be sent to one peer")
    .add<size_t>("max-waiting-calls", "calls waiting for room, or a connection")
    .add<size_t>("max-connections", "accepted connections of one server")
    .add<size_t>("max-connections-per-peer",
                 "accepted connections of one server from one address")
    .add<timespan>("frame-timeout", "bound of a frame's arrival")
    .add<timespan>("frame-timeout-per-mib",
                   "the same in addition for each MiB of it")
    .add<timespan>("write-timeout", "bound of writing without progress")
    .add<timespan>("close-timeout", "bound of writing what is left at the end")
    .add<timespan>("idle-timeout", "silence after which connections are closed")
    .add<timespan>("shutdown-timeout",
                   "bound of a container's requests when it shuts down")
    .add<bool>("reject-overflow",
               "fail calls at once when too many bytes wait to be sent")
    .add<timespan>("call-timeout", "deadline of calls that have none")
    .add<timespan>("connect-attempt-timeout", "bound of one attempt to connect")
    .add<timespan>("tls-handshake-timeout", "bound of a TLS handshake")
    .add<timespan>("connect-retry-min", "first pause between attempts")
    .add<timespan>("connect-retry-max", "longest pause between attempts")
    .add<timespan>("keepalive-idle", "silence before TCP probes the peer")
    .add<timespan>("keepalive-interval", "pause between two probes")
    .add<int>("keepalive-probes", "probes before a connection is lost");
}

} // namespace caf::aiomas
