// Calls grpc_server: the asynchronous interface with one thread, and a channel
// with a TCP connection of its own for each connection.

#include "load_main.hpp"
#include "load_server.hpp"
#include "load_window.hpp"
#include "sockets.hpp"

#include "echo.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using integer = peers::proto::Integer;
using bytes = peers::proto::Bytes;
using stub = peers::proto::Echo::Stub;

struct event {
  virtual ~event() = default;

  /// Returns whether another call is pending.
  virtual bool on_reply() = 0;
};

/// What the calls have in common.
struct context {
  const load::window* when = nullptr;
  load::result result;
  grpc::CompletionQueue queue;
};

/// Keeps one call pending.
template <class T>
class calls final : public event {
public:
  calls(stub& where, context& all, T message)
    : stub_(where), all_(all), message_(std::move(message)) {
    call();
  }

  bool on_reply() override {
    if (!status_.ok()) {
      all_.result.fail(status_.error_message());
      return false;
    }
    if (reply_.value() != message_.value()) {
      all_.result.fail("another value than the one that was sent");
      return false;
    }
    if (!all_.when->on_reply(all_.result, sent_))
      return false;
    call();
    return true;
  }

private:
  auto start(const integer& x) {
    return stub_.AsyncEchoInteger(&*context_, x, &all_.queue);
  }

  auto start(const bytes& x) {
    return stub_.AsyncEchoBytes(&*context_, x, &all_.queue);
  }

  void call() {
    reader_.reset();
    context_.emplace();
    sent_ = load::clock::now();
    reader_ = start(message_);
    reader_->Finish(&reply_, &status_, this);
  }

  stub& stub_;
  context& all_;
  T message_;
  T reply_;
  grpc::Status status_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<T>> reader_;
  load::clock::time_point sent_;
};

std::unique_ptr<stub> connect(const std::string& url) {
  grpc::ChannelArguments args;
  // Channels would share one connection otherwise.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetMaxReceiveMessageSize(-1);
  auto channel = grpc::CreateCustomChannel(
    "127.0.0.1:" + std::to_string(peers::port_of(url)),
    grpc::InsecureChannelCredentials(), args);
  auto deadline = std::chrono::system_clock::now() + std::chrono::seconds{5};
  if (!channel->WaitForConnected(deadline))
    throw std::runtime_error{"cannot connect to " + url};
  return peers::proto::Echo::NewStub(channel);
}

std::unique_ptr<event> begin(stub& where, context& all,
                             const load::payload& what) {
  if (what.what == load::payload::kind::integer) {
    integer x;
    x.set_value(42);
    return std::make_unique<calls<integer>>(where, all, x);
  }
  bytes x;
  x.set_value(std::string(what.length, 'x'));
  return std::make_unique<calls<bytes>>(where, all, std::move(x));
}

load::result measure(const load::plan& how, const std::string& url,
                     pid_t server) {
  context all;
  std::vector<std::unique_ptr<stub>> stubs;
  for (size_t i = 0; i < how.conns; ++i)
    stubs.push_back(connect(url));
  load::window when{how, server};
  all.when = &when;
  std::vector<std::unique_ptr<event>> pending;
  for (auto& x : stubs)
    for (size_t i = 0; i < how.depth; ++i)
      pending.push_back(begin(*x, all, how.payload));
  void* tag = nullptr;
  auto ok = false;
  for (auto n = pending.size(); n > 0 && all.queue.Next(&tag, &ok);)
    if (!static_cast<event*>(tag)->on_reply())
      --n;
  all.queue.Shutdown();
  while (all.queue.Next(&tag, &ok))
    continue;
  when.finish(all.result);
  return std::move(all.result);
}

} // namespace

int main(int argc, char** argv) {
  load::client what;
  what.description = "Counts the calls that grpc_server answers.";
  what.server = load::server_process::beside("grpc_server");
  what.codec = "protobuf";
  what.is_aiomas = false;
  what.run = measure;
  return load::run_client(argc, argv, what);
}
