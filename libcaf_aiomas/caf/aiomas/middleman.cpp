#include "caf/aiomas/middleman.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/reply_sink.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/pending.hpp"

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>

#include <asio/signal_set.hpp>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stdexcept>

namespace caf::aiomas {

namespace {

/// Reads a limit from the configuration. Options of a dotted group reach a
/// bound variable from the command line only, hence the look-up.
size_t size_option(const actor_system_config& cfg, const char* name,
                   size_t fallback) {
  return get_or(cfg, std::string{"caf.aiomas."} + name, fallback);
}

session_limits limits_from(const actor_system_config& cfg) {
  session_limits result;
  result.max_payload = size_option(cfg, "max-payload", result.max_payload);
  result.max_nesting = size_option(cfg, "max-nesting", result.max_nesting);
  result.max_inbound_requests
    = size_option(cfg, "max-inbound-requests", result.max_inbound_requests);
  result.max_inbound_bytes
    = size_option(cfg, "max-inbound-bytes", result.max_inbound_bytes);
  result.max_outbound_bytes
    = size_option(cfg, "max-outbound-bytes", result.max_outbound_bytes);
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
  session_limits limits;
  size_t max_connections = defaults::max_connections;
  size_t max_connections_per_peer = defaults::max_connections_per_peer;
  std::chrono::nanoseconds attempt_timeout = defaults::connect_attempt_timeout;
  std::vector<std::shared_ptr<detail::io_loop>> loops;
  std::vector<strong_actor_ptr> sinks; // of the loops, in their order
  std::atomic<size_t> turn = 0;
  bool driven = false; // without threads

  std::mutex mtx;
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
  impl_->limits = limits_from(cfg);
  impl_->max_connections
    = size_option(cfg, "max-connections", defaults::max_connections);
  impl_->max_connections_per_peer = size_option(
    cfg, "max-connections-per-peer", defaults::max_connections_per_peer);
  impl_->attempt_timeout = get_or(cfg, "caf.aiomas.connect-attempt-timeout",
                                  timespan{defaults::connect_attempt_timeout});
  auto threads = size_option(cfg, "io-threads", defaults::io_threads);
  impl_->driven = threads == 0;
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i)
    impl_->loops.push_back(std::make_shared<detail::io_loop>());
}

void middleman::start() {
  for (auto& loop : impl_->loops) {
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
  impl_->sinks.clear();
}

actor_system::module::id_t middleman::id() const {
  return network_manager;
}

void* middleman::subtype_ptr() {
  return this;
}

// -- settings -----------------------------------------------------------------

const session_limits& middleman::limits() const noexcept {
  return impl_->limits;
}

size_t middleman::max_connections() const noexcept {
  return impl_->max_connections;
}

size_t middleman::max_connections_per_peer() const noexcept {
  return impl_->max_connections_per_peer;
}

std::chrono::nanoseconds middleman::connect_attempt_timeout() const noexcept {
  return impl_->attempt_timeout;
}

// -- serving ------------------------------------------------------------------

void middleman::serve() {
  if (!detail::may_block())
    return;
  asio::signal_set signals{impl_->loops.front()->context(), SIGINT, SIGTERM};
  signals.async_wait([this](asio::error_code ec, int) {
    if (ec)
      return;
    std::lock_guard guard{impl_->mtx};
    impl_->interrupted = true;
    impl_->changed.notify_all();
  });
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

void run(actor_system& sys) {
  middleman::of(sys).serve();
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
  return *static_cast<detail::reply_sink*>(
    actor_cast<abstract_actor*>(impl_->sinks[index]));
}

// -- config -------------------------------------------------------------------

config::config() {
  load<middleman>();
  set("scheduler.policy", atom("sharing"));
  opt_group{custom_options_, "caf.aiomas"}
    .add<size_t>("io-threads", "threads that do I/O; 0: the program polls")
    .add<size_t>("max-payload", "longest payload of a frame in bytes")
    .add<size_t>("max-nesting", "deepest nesting of a message")
    .add<size_t>("max-inbound-requests",
                 "requests of one peer that are worked on at a time")
    .add<size_t>("max-inbound-bytes", "the same in bytes of payload")
    .add<size_t>("max-outbound-bytes", "bytes waiting to be sent to one peer")
    .add<size_t>("max-connections", "accepted connections of one server")
    .add<size_t>("max-connections-per-peer",
                 "accepted connections of one server from one address")
    .add<timespan>("connect-attempt-timeout",
                   "bound of one attempt to connect");
}

} // namespace caf::aiomas
