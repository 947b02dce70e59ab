// A codec of your own: CBOR, by way of nlohmann/json. Agents, remote procedure
// calls and channels use it for text, bytes, a type of their own and proxies.

#include "caf/aiomas/all.hpp"
#include "caf/aiomas/codec/plain.hpp"
#include "caf/aiomas/value_json.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace caf;

namespace {

// -- codec --------------------------------------------------------------------

/// Whether `in` nests no deeper than `max_depth`, and has neither tags nor
/// pieces of open length. nlohmann's reader calls itself for all three, as
/// often as a peer makes it do so.
bool is_flat(std::span<const std::byte> in, size_t max_depth) {
  std::vector<uint64_t> open; // how many items each container still lacks
  while (!in.empty()) {
    auto head = std::to_integer<unsigned>(in[0]);
    auto major = head >> 5;
    uint64_t n = head & 31;
    in = in.subspan(1);
    if (n >= 24) { // it stands in the next 1, 2, 4 or 8 bytes
      auto width = n < 28 ? size_t{1} << (n - 24) : SIZE_MAX;
      if (in.size() < width)
        return false;
      n = 0;
      for (auto byte : in.first(width))
        n = n << 8 | std::to_integer<uint64_t>(byte);
      in = in.subspan(width);
    }
    if (major == 2 || major == 3) { // bytes and text
      if (in.size() < n)
        return false;
      in = in.subspan(n);
    } else if (major == 4 || major == 5) { // arrays and maps
      if (in.size() < n || open.size() == max_depth)
        return false;
      open.push_back(major == 4 ? n + 1 : 2 * n + 1);
    } else if (major == 6) {
      return false;
    }
    while (!open.empty() && --open.back() == 0)
      open.pop_back();
  }
  return true;
}

/// Both sides of a connection need the same. Entries of dicts arrive sorted by
/// their keys, which are text; MsgPack's extension types do not.
class cbor_codec : public aiomas::codec {
public:
  using value = aiomas::value;
  using json = nlohmann::json;

  static std::unique_ptr<codec> make() {
    return std::make_unique<cbor_codec>();
  }

  const char* name() const noexcept override {
    return "cbor";
  }

  aiomas::outcome<void> encode(const value& x,
                               aiomas::byte_buffer& out) override {
    auto plain = aiomas::to_plain(x, *this);
    if (!plain)
      return std::move(plain).error();
    auto tree = aiomas::to_json(*plain);
    if (!tree)
      return std::move(tree).error();
    auto cbor = json::to_cbor(*tree);
    auto bytes = std::as_bytes(std::span{cbor});
    out.insert(out.end(), bytes.begin(), bytes.end());
    return {};
  }

  aiomas::outcome<value> decode(std::span<const std::byte> in) override {
    using aiomas::errc;
    if (!is_flat(in, limits().max_nesting))
      return aiomas::fault{errc::deserialization_error, "no CBOR to be read"};
    try {
      auto first = reinterpret_cast<const uint8_t*>(in.data());
      auto tree = json::from_cbor(first, first + in.size());
      return aiomas::from_plain(aiomas::from_json(tree), *this);
    } catch (const json::exception& ex) {
      return aiomas::fault{errc::deserialization_error, ex.what()};
    }
  }
};

} // namespace

// -- a type of our own --------------------------------------------------------

namespace gallery {

struct picture {
  std::string title;
  aiomas::byte_buffer pixels;
};

AIOMAS_SERIALIZABLE(picture, title, pixels)

} // namespace gallery

namespace {

using gallery::picture;

aiomas::options cbor() {
  aiomas::options result;
  result.codec = cbor_codec::make;
  result.serializers = {aiomas::serializer<picture>()};
  return result;
}

// -- what is called -----------------------------------------------------------

/// Turns black into white: bytes in, bytes out.
aiomas::byte_buffer invert(aiomas::byte_buffer pixels) {
  for (auto& x : pixels)
    x = ~x;
  return pixels;
}

/// Shows pictures to a `visitor`, which it calls back.
class museum : public aiomas::agent {
public:
  museum(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("visit", &museum::visit, {"who"});
  }

  aiomas::task<std::string> visit(aiomas::proxy visitor) {
    picture square{"Black Square", {4, std::byte{0}}};
    co_return co_await visitor.call<std::string>("look", square);
  }
};

class visitor : public aiomas::agent {
public:
  visitor(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("look", &visitor::look, {"what"});
  }

  std::string look(picture what) {
    std::cout << "visitor sees " << to_string(what) << std::endl;
    return "nice";
  }

  aiomas::task<void> run(std::string addr) {
    auto remote = co_await container().connect(std::move(addr));
    auto opinion = co_await remote.call<std::string>("visit", actor{this});
    std::cout << "museum hears " << opinion << std::endl;
  }
};

// -- the three ways -----------------------------------------------------------

/// Two containers, each with an agent.
expected<void> run_agents(actor_system& sys) {
  auto here = aiomas::container::create(sys, {"localhost", 0}, cbor());
  if (!here)
    return here.error();
  auto there = aiomas::container::create(sys, {"localhost", 0}, cbor());
  if (!there)
    return there.error();
  std::cout << "containers speak " << here->codec() << std::endl;
  auto a = there->spawn<museum>();
  auto b = here->spawn<visitor>();
  return aiomas::run(b, &visitor::run, a.addr());
}

expected<void> run_rpc(actor_system& sys) {
  aiomas::hosted_service service{sys,
                                 {aiomas::expose("invert", invert, {"x"})}};
  auto server
    = aiomas::rpc::start_server(sys, {"localhost", 0}, service, {}, cbor())
        .get();
  if (!server)
    return server.error();
  auto client
    = aiomas::rpc::open_connection(sys, server->address(), {}, cbor()).get();
  if (!client)
    return client.error();
  aiomas::byte_buffer black(2, std::byte{0});
  auto white = client->remote().call("invert", black).get();
  if (!white)
    return white.error();
  std::cout << "invert(" << to_string(aiomas::value{black})
            << ") = " << to_string(*white) << std::endl;
  return {};
}

void echo(event_based_actor* self, aiomas::channel ch) {
  ch.recv().then(self, [self, ch](aiomas::request req) {
    req.reply(req.content());
    echo(self, ch);
  });
}

expected<void> run_channel(actor_system& sys) {
  using aiomas::channel;
  auto server
    = channel::start_server(sys, {"localhost", 0}, echo, cbor()).get();
  if (!server)
    return server.error();
  auto ch = channel::open_connection(sys, server->address(), cbor()).get();
  if (!ch)
    return ch.error();
  picture dot{"Dot", {std::byte{42}}};
  auto reply
    = ch->send(aiomas::list{"any", 2.0, nullptr, aiomas::to_value(dot)}).get();
  if (!reply)
    return reply.error();
  std::cout << "channel echoes " << to_string(*reply) << std::endl;
  // The codec says what it cannot do.
  auto failed
    = ch->send(aiomas::dict{{aiomas::list{1}, "a list is no key"}}).get();
  std::cout << aiomas::describe(failed.error()) << std::endl;
  return {};
}

void caf_main(actor_system& sys, const aiomas::config&) {
  for (auto run : {run_agents, run_rpc, run_channel})
    if (auto done = run(sys); !done)
      std::cerr << aiomas::describe(done.error()) << '\n';
}

} // namespace

CAF_MAIN(aiomas::middleman)
