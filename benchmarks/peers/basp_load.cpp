// Calls basp_server. A connection belongs to an actor system, so each has a
// system with one worker, and in it an actor that keeps the calls pending.

#include "basp.hpp"
#include "load_main.hpp"
#include "load_server.hpp"
#include "load_window.hpp"
#include "sockets.hpp"

#include <future>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

template <class T>
class calls : public caf::event_based_actor {
public:
  calls(caf::actor_config& cfg, peers::actor_list remote, T payload,
        const load::plan* how, const load::window* when,
        std::promise<load::result>* done)
    : event_based_actor(cfg),
      remote_(std::move(remote)),
      payload_(std::move(payload)),
      running_(how->depth),
      when_(*when),
      done_(done) {
    // nop
  }

  caf::behavior make_behavior() override {
    for (size_t i = running_; i > 0; --i)
      call();
    return {[](caf::ok_atom) {}};
  }

private:
  void call() {
    auto sent = load::clock::now();
    request(remote_[next_++ % remote_.size()], caf::infinite, payload_)
      .then(
        [this, sent](const T& reply) {
          if (reply != payload_)
            end("another value than the one that was sent");
          else if (when_.on_reply(result_, sent))
            call();
          else
            end({});
        },
        [this](const caf::error& err) { end(system().render(err)); });
  }

  void end(const std::string& why) {
    if (!why.empty())
      result_.fail(why);
    if (--running_ > 0)
      return;
    done_->set_value(std::move(result_));
    quit();
  }

  peers::actor_list remote_;
  T payload_;
  size_t running_;
  size_t next_ = 0;
  const load::window& when_;
  std::promise<load::result>* done_;
  load::result result_;
};

struct client_config : peers::basp_config {
  client_config() {
    set("scheduler.max-threads", size_t{1});
  }
};

struct connection {
  client_config cfg;
  caf::actor_system sys{cfg};
  peers::actor_list remote;
  std::promise<load::result> done;

  explicit connection(uint16_t port) {
    auto registry = sys.middleman().remote_actor("127.0.0.1", port);
    if (!registry)
      throw std::runtime_error{sys.render(registry.error())};
    caf::scoped_actor self{sys};
    std::string wrong;
    self->request(*registry, std::chrono::seconds{5}, caf::get_atom::value)
      .receive([this](peers::actor_list& xs) { remote = std::move(xs); },
               [&](const caf::error& err) { wrong = sys.render(err); });
    if (!wrong.empty())
      throw std::runtime_error{wrong};
  }
};

template <class T>
load::result measure(const load::plan& how, const std::string& url,
                     pid_t server, const T& payload) {
  std::vector<std::unique_ptr<connection>> connections;
  for (size_t i = 0; i < how.conns; ++i)
    connections.push_back(std::make_unique<connection>(peers::port_of(url)));
  load::window when{how, server};
  for (auto& c : connections)
    c->sys.template spawn<calls<T>>(std::move(c->remote), payload, &how, &when,
                                    &c->done);
  load::result sum;
  for (auto& c : connections)
    sum.add(c->done.get_future().get());
  when.finish(sum);
  return sum;
}

} // namespace

int main(int argc, char** argv) {
  load::client what;
  what.description = "Counts the calls that basp_server answers.";
  what.server = load::server_process::beside("basp_server");
  what.codec = "basp";
  what.is_aiomas = false;
  what.run = [](const load::plan& how, const std::string& url, pid_t server) {
    if (how.payload.what == load::payload::kind::integer)
      return measure(how, url, server, int64_t{42});
    return measure(how, url, server, std::string(how.payload.length, 'x'));
  };
  return load::run_client(argc, argv, what);
}
