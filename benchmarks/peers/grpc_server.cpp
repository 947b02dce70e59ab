// gRPC's side of echo_server: unary calls of the asynchronous interface, with
// one completion queue and one thread.
//
//     grpc_server --listen tcp://127.0.0.1:0
//
// prints READY and its URL.

#include "sockets.hpp"

#include "echo.grpc.pb.h"

#include <CLI/CLI.hpp>

#include <grpcpp/grpcpp.h>

#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

struct event {
  virtual ~event() = default;
  virtual void on_event(bool ok) = 0;
};

/// Waits for a call, answers it, and starts over.
template <class T>
class call final : public event {
public:
  using writer = grpc::ServerAsyncResponseWriter<T>;
  using wait_function
    = std::function<void(grpc::ServerContext*, T*, writer*, void*)>;

  explicit call(wait_function wait_for) : wait_for_(std::move(wait_for)) {
    wait();
  }

  void on_event(bool ok) override {
    if (ok && !answered_) {
      answered_ = true;
      writer_->Finish(message_, grpc::Status::OK, this);
    } else {
      wait();
    }
  }

private:
  void wait() {
    answered_ = false;
    writer_.reset();
    context_.emplace();
    writer_.emplace(&*context_);
    wait_for_(&*context_, &message_, &*writer_, this);
  }

  wait_function wait_for_;
  T message_;
  std::optional<grpc::ServerContext> context_;
  std::optional<writer> writer_;
  bool answered_ = false;
};

/// How many calls may be worked on at a time; others wait.
constexpr auto integer_calls = 1024;
constexpr auto bytes_calls = 64;

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Echoes by gRPC."};
  std::string url = "tcp://127.0.0.1:0";
  app.add_option("--listen,-l", url, "where to listen")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  peers::proto::Echo::AsyncService service;
  grpc::ServerBuilder builder;
  auto port = 0;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(peers::port_of(url)),
                           grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  builder.SetMaxReceiveMessageSize(-1);
  auto owner = builder.AddCompletionQueue();
  auto queue = owner.get();
  auto server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::cerr << "cannot listen at " << url << '\n';
    return 1;
  }
  using integer = peers::proto::Integer;
  using bytes = peers::proto::Bytes;
  std::vector<std::unique_ptr<event>> calls;
  for (auto i = 0; i < integer_calls; ++i)
    calls.push_back(std::make_unique<call<integer>>(
      [&service, queue](auto context, auto message, auto writer, auto tag) {
        service.RequestEchoInteger(context, message, writer, queue, queue, tag);
      }));
  for (auto i = 0; i < bytes_calls; ++i)
    calls.push_back(std::make_unique<call<bytes>>(
      [&service, queue](auto context, auto message, auto writer, auto tag) {
        service.RequestEchoBytes(context, message, writer, queue, queue, tag);
      }));
  std::cout << "READY tcp://127.0.0.1:" << port << "/" << std::endl;
  void* tag = nullptr;
  auto ok = false;
  while (queue->Next(&tag, &ok))
    static_cast<event*>(tag)->on_event(ok);
}
