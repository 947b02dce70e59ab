// Calls capnp_server: one thread with one event loop.

#include "load_main.hpp"
#include "load_server.hpp"
#include "load_window.hpp"
#include "sockets.hpp"

#include "echo.capnp.h"

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using echo = peers::schema::Echo::Client;

struct connection {
  explicit connection(kj::Own<kj::AsyncIoStream> what)
    : stream(kj::mv(what)),
      client(*stream),
      remote(client.bootstrap().castAs<peers::schema::Echo>()) {
    // nop
  }

  kj::Own<kj::AsyncIoStream> stream;
  capnp::TwoPartyClient client;
  echo remote;
};

struct context {
  const load::window& when;
  std::string text;
  load::result result;

  /// Returns whether to go on.
  bool on_reply(load::clock::time_point sent, bool right) {
    if (!right)
      result.fail("another value than the one that was sent");
    return right && when.on_reply(result, sent);
  }
};

kj::Promise<void> call_integer(echo& where, context& all) {
  auto sent = load::clock::now();
  auto request = where.integerRequest();
  request.setValue(42);
  return request.send().then(
    [&where, &all, sent](auto&& reply) -> kj::Promise<void> {
      if (!all.on_reply(sent, reply.getValue() == 42))
        return kj::READY_NOW;
      return call_integer(where, all);
    });
}

kj::Promise<void> call_bytes(echo& where, context& all) {
  auto sent = load::clock::now();
  capnp::Data::Reader data{reinterpret_cast<const kj::byte*>(all.text.data()),
                           all.text.size()};
  capnp::MessageSize size{data.size() / sizeof(capnp::word) + 16, 0};
  auto request = where.bytesRequest(size);
  request.setValue(data);
  return request.send().then(
    [&where, &all, data, sent](auto&& reply) -> kj::Promise<void> {
      if (!all.on_reply(sent, reply.getValue() == data))
        return kj::READY_NOW;
      return call_bytes(where, all);
    });
}

load::result measure(const load::plan& how, const std::string& url,
                     pid_t server) {
  auto io = kj::setupAsyncIo();
  auto where = io.provider->getNetwork()
                 .parseAddress("127.0.0.1", peers::port_of(url))
                 .wait(io.waitScope);
  std::vector<std::unique_ptr<connection>> connections;
  for (size_t i = 0; i < how.conns; ++i)
    connections.push_back(
      std::make_unique<connection>(where->connect().wait(io.waitScope)));
  load::window when{how, server};
  context all{when, std::string(how.payload.length, 'x'), {}};
  auto is_integer = how.payload.what == load::payload::kind::integer;
  kj::Vector<kj::Promise<void>> pending;
  for (auto& c : connections)
    for (size_t i = 0; i < how.depth; ++i)
      pending.add(is_integer ? call_integer(c->remote, all)
                             : call_bytes(c->remote, all));
  try {
    kj::joinPromises(pending.releaseAsArray()).wait(io.waitScope);
  } catch (const kj::Exception& err) {
    all.result.fail(err.getDescription().cStr());
  }
  when.finish(all.result);
  return std::move(all.result);
}

} // namespace

int main(int argc, char** argv) {
  load::client what;
  what.description = "Counts the calls that capnp_server answers.";
  what.server = load::server_process::beside("capnp_server");
  what.codec = "capnp";
  what.is_aiomas = false;
  what.run = measure;
  return load::run_client(argc, argv, what);
}
