// A container with some agents, by default eight, that others test against.
//
//     echo_server --listen tcp://127.0.0.1:0
//     echo_server --listen 'ipc://[/tmp/echo]'
//
// or, with TLS,
//
//     scripts/make-certs certs
//     echo_server --listen tcp://127.0.0.1:0 --certs certs
//
// prints READY and the URL of the container, and serves until it is told to
// stop by SIGINT or SIGTERM.

#include "caf/aiomas/all.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

using namespace caf;

namespace {

// -- types of our own ---------------------------------------------------------

/// Holds whatever the peer puts into it, as a Python object would.
struct point {
  aiomas::value x;
  aiomas::value y;
};

AIOMAS_SERIALIZABLE(point, x, y)

struct empty {};

AIOMAS_SERIALIZABLE(empty)

// -- agents -------------------------------------------------------------------

using number = std::variant<int64_t, uint64_t, double>;

/// What Python's sum of two numbers is, unless it has more than 64 bits.
struct sum {
  aiomas::value operator()(auto x, auto y) const {
    if constexpr (std::is_integral_v<decltype(x + y)>) {
      int64_t result = 0;
      uint64_t large = 0;
      if (!__builtin_add_overflow(x, y, &result))
        return result;
      if (!__builtin_add_overflow(x, y, &large))
        return large;
      throw aiomas::python_error("OverflowError",
                                 "the sum has more than 64 bits");
    } else {
      return static_cast<double>(x) + static_cast<double>(y);
    }
  }
};

class ping_service : public aiomas::service {
public:
  ping_service() : service("Sub") {
    expose("ping", &ping_service::ping, {"x"});
  }

  std::vector<aiomas::value> ping(aiomas::value x) {
    return {"pong", std::move(x)};
  }
};

class echo_agent : public aiomas::agent {
public:
  static constexpr const char* class_name = "Echo";

  echo_agent(actor_config& cfg, aiomas::container c,
             std::shared_ptr<const std::vector<aiomas::agent_ref>> all)
    : agent(cfg, std::move(c)), all_(std::move(all)) {
    expose("service", &echo_agent::service, {"v"});
    expose("add", &echo_agent::add, {"a", "b"});
    expose("describe", &echo_agent::describe,
           {"name", aiomas::opt("loud", false).keyword_only()});
    expose("fail", &echo_agent::fail, {"text"});
    expose("none", &echo_agent::none);
    expose("call_me", &echo_agent::call_me, {"proxy", "n"});
    expose("peers", &echo_agent::peers);
    expose("connect_to", &echo_agent::connect_to, {"url", "v"});
    expose("mirror", &echo_agent::mirror, {"point"});
    expose("later", &echo_agent::later, {"date", "seconds"});
    expose("work", &echo_agent::work, {"us", "v"});
    expose("sub", sub_);
  }

  void on_exit() override {
    all_ = nullptr; // agents that know each other would never be freed
  }

  aiomas::value service(aiomas::value v) {
    return v;
  }

  aiomas::value add(number a, number b) {
    return std::visit(sum{}, a, b);
  }

  std::string describe(std::string name, bool loud) {
    if (loud)
      for (auto& c : name)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
  }

  void fail(const std::string& text) {
    throw aiomas::python_error("ValueError", text);
  }

  void none() {
    // nop
  }

  /// Calls `who.service(i)` for i in 0..n-1, one after the other.
  aiomas::promise<aiomas::list> call_me(aiomas::proxy who, int64_t n) {
    auto result = make_promise<aiomas::list>();
    call_next(std::move(who), n, {}, result);
    return result;
  }

  /// Agents arrive at the caller as proxies.
  std::vector<aiomas::agent_ref> peers() {
    auto n = std::min<size_t>(all_->size(), 3);
    return {all_->begin(), all_->begin() + static_cast<ptrdiff_t>(n)};
  }

  aiomas::promise<aiomas::value> connect_to(std::string url, aiomas::value v) {
    auto result = make_promise<aiomas::value>();
    container()
      .connect(std::move(url))
      .then(
        this,
        [=, this](aiomas::proxy remote) {
          remote.call("service", v)
            .then(
              this,
              [result](aiomas::value reply) {
                result.deliver(std::move(reply));
              },
              result);
        },
        result);
    return result;
  }

  point mirror(point p) {
    return {std::move(p.y), std::move(p.x)};
  }

  aiomas::date_time later(aiomas::date_time date, double seconds) {
    return date + std::chrono::duration<double>{seconds};
  }

  /// Is busy for `us` microseconds, as a function that computes something.
  aiomas::value work(int64_t us, aiomas::value v) {
    auto end = std::chrono::steady_clock::now() + std::chrono::microseconds{us};
    while (std::chrono::steady_clock::now() < end)
      continue;
    return v;
  }

private:
  void call_next(aiomas::proxy who, int64_t n, aiomas::list done,
                 aiomas::promise<aiomas::list> result) {
    auto i = static_cast<int64_t>(done.size());
    if (i >= n) {
      result.deliver(std::move(done));
      return;
    }
    who.call("service", i)
      .then(
        this,
        [=, this](aiomas::value reply) mutable {
          done.push_back(std::move(reply));
          call_next(who, n, std::move(done), result);
        },
        result);
  }

  std::shared_ptr<const std::vector<aiomas::agent_ref>> all_;
  ping_service sub_;
};

int serve(actor_system& sys, const aiomas::address& where, aiomas::options opts,
          size_t count) {
  // Type ids 1 and 2: dates are 0, proxies are 3.
  opts.serializers = {aiomas::serializer<point>(), aiomas::serializer<empty>()};
  auto c = aiomas::container::create(sys, where, opts);
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return 1;
  }
  auto agents = std::make_shared<std::vector<aiomas::agent_ref>>();
  for (size_t i = 0; i < count; ++i)
    agents->push_back(c->spawn<echo_agent>(agents));
  aiomas::run(sys,
              [&] { std::cout << "READY " << c->base_url() << std::endl; });
  return 0;
}

int refuse(const std::string& why) {
  std::cerr << "echo_server: " << why << " (see --help)\n";
  return 2;
}

/// Reads CAF's own options, such as --scheduler.max-threads=2.
bool parse(aiomas::config& cfg, std::vector<std::string> args) {
  auto is_option = [](auto& arg) { return arg.starts_with("--"); };
  return std::all_of(args.begin(), args.end(), is_option) && !cfg.parse(args);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Agents that others test against, by default eight."};
  std::string listen = "tcp://127.0.0.1:5555";
  std::string codec_name = "json";
  app.add_option("--listen,-l", listen, "where to listen")
    ->capture_default_str();
  app
    .add_option("--codec,-c", codec_name,
                "how messages are encoded: " + aiomas::codec_names())
    ->capture_default_str();
  size_t count = 8;
  app.add_option("--agents,-a", count, "how many agents")
    ->check([](const std::string& text) {
      return text.find_first_not_of("0") == std::string::npos
               ? "there must be an agent"
               : "";
    })
    ->capture_default_str();
  auto dispatch = aiomas::dispatch_mode::scheduled;
  std::map<std::string, aiomas::dispatch_mode> modes{
    {"scheduled", aiomas::dispatch_mode::scheduled},
    {"inlined", aiomas::dispatch_mode::inlined}};
  app
    .add_option("--dispatch,-d", dispatch,
                "which threads run the agents: those of CAF's scheduler, or "
                "the I/O threads (inlined), which is for functions that take a "
                "few microseconds, such as these; default: scheduled")
    ->transform(CLI::CheckedTransformer(modes))
    ->type_name("MODE");
  aiomas::ssl_certs certs;
  std::string folder;
  auto cafile = app.add_option("--cafile", certs.cafile,
                               "TLS: certificates of the CAs to trust");
  auto certfile
    = app.add_option("--certfile", certs.certfile, "TLS: certificate to show");
  auto keyfile
    = app.add_option("--keyfile", certs.keyfile, "TLS: private key of it");
  cafile->needs(certfile);
  certfile->needs(keyfile);
  keyfile->needs(cafile);
  app
    .add_option("--certs", folder,
                "TLS: folder with ca.pem, device.pem and device.key")
    ->excludes(cafile);
  app.allow_extras(); // CAF's own options
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& ex) {
    return ex.get_exit_code() == 0 ? app.exit(ex) : refuse(ex.what());
  }
  auto where = aiomas::address::parse(listen);
  if (!where)
    return refuse(where.error().text);
  auto codec = aiomas::codec_by_name(codec_name);
  if (!codec)
    return refuse("unknown codec: " + codec_name + "; known are "
                  + aiomas::codec_names());
  aiomas::config cfg;
  if (!parse(cfg, app.remaining()))
    return refuse("cannot understand: "
                  + CLI::detail::join(app.remaining(), " "));
  if (cfg.cli_helptext_printed)
    return 0;
  actor_system sys{cfg};
  aiomas::options opts;
  opts.codec = codec;
  opts.dispatch = dispatch;
  if (!folder.empty())
    certs
      = {folder + "/ca.pem", folder + "/device.pem", folder + "/device.key"};
  if (!certs.cafile.empty())
    opts.ssl = certs;
  return serve(sys, *where, std::move(opts), count);
}
