#include "caf/aiomas/detail/reply_sink.hpp"

#include "caf/aiomas/error.hpp"
#include "caf/aiomas/message_types.hpp"

#include <caf/sec.hpp>

#include <algorithm>

namespace caf::aiomas::detail {

namespace {

expected<value> read_with(response_reader read, message& response) noexcept {
  try {
    return read(response);
  } catch (...) {
    return to_error(std::current_exception());
  }
}

} // namespace

reply_sink::reply_sink(actor_config& cfg, io_loop& home)
  : forwarding_actor(cfg),
    loop_(home),
    here_(std::make_shared<inline_host>(this->home_system(), home)) {
  // nop
}

const char* reply_sink::name() const {
  return "aiomas.reply_sink";
}

template <class F>
void reply_sink::post(F what) {
  // The loop owns no reference to us.
  loop_.post(
    [self = strong_actor_ptr{ctrl()}, what = std::move(what)]() mutable {
      what(static_cast<reply_sink&>(*actor_cast<abstract_actor*>(self)));
    });
}

// -- requests and replies -----------------------------------------------------

void reply_sink::enqueue(mailbox_element_ptr what, actor_host*) {
  if (!what->mid.is_response())
    return;
  if (loop_.in_loop())
    complete(*what);
  else
    post([what = std::move(what)](reply_sink& self) { self.complete(*what); });
}

void reply_sink::dispatch(const strong_actor_ptr& receiver, connection& from,
                          inbound_id id, message content, dispatch_mode how,
                          response_reader read, activity::token counts) {
  if (first_free_ == 0) {
    slots_.emplace_back();
    first_free_ = static_cast<uint32_t>(slots_.size());
  }
  auto index = first_free_ - 1;
  auto& entry = slots_[index];
  first_free_ = entry.next_free;
  entry.from = from.weak_from_this();
  entry.taken = true;
  entry.id = std::move(id);
  entry.receiver = identify(*receiver);
  entry.read = read;
  entry.counts = std::move(counts);
  auto key = (uint64_t{entry.generation} << index_bits) | index;
  receiver->enqueue(strong_actor_ptr{ctrl()}, make_message_id(key),
                    std::move(content),
                    how == dispatch_mode::inlined ? here_.get() : nullptr);
}

void reply_sink::complete(mailbox_element& reply) {
  auto key = reply.mid.request_id().integer_value();
  auto index = key & ((uint64_t{1} << index_bits) - 1);
  if (index >= slots_.size() || slots_[index].generation != key >> index_bits)
    return;
  auto response = reply.move_content_to_message();
  complete(static_cast<uint32_t>(index), response);
}

void reply_sink::complete(uint32_t index, message& response) {
  auto& entry = slots_[index];
  auto from = std::exchange(entry.from, {}).lock();
  entry.taken = false;
  auto id = std::exchange(entry.id, inbound_id{});
  auto read = entry.read;
  auto counts = std::exchange(entry.counts, {});
  if (++entry.generation == 0)
    entry.generation = 1; // a key is never 0
  entry.next_free = first_free_;
  first_free_ = index + 1;
  if (from)
    answer(*from, std::move(id), read_with(read, response));
}

expected<value> read_value(message& response) {
  if (response.match_elements<value>())
    return std::move(response.get_mutable_as<value>(0));
  if (response.match_elements<error>())
    return response.get_as<error>(0);
  if (consists_of<>(response))
    return value{};
  return make_error(errc::type_error, "the actor replied with "
                                        + to_string(response)
                                        + " instead of a value");
}

void answer(connection& to, inbound_id id, expected<value> result) {
  auto now = session::clock::now();
  auto& protocol = to.protocol();
  if (result)
    protocol.reply(std::move(id), *result, now);
  else
    protocol.fail(std::move(id), traceback_of(result.error()), now);
  to.touch();
}

// -- actors that end ----------------------------------------------------------

void reply_sink::ended(actor_identity who) {
  {
    std::lock_guard guard{mtx_};
    ended_.push_back(who);
    if (ended_.size() > 1)
      return; // they are about to be collected
  }
  post([](reply_sink& self) { self.collect_ended(); });
}

void reply_sink::collect_ended() {
  std::vector<actor_identity> receivers;
  {
    std::lock_guard guard{mtx_};
    receivers.swap(ended_);
  }
  // Replies that any of them sent stand in line already: they come first.
  post([receivers = std::move(receivers)](reply_sink& self) mutable {
    self.fail_calls_of(receivers);
  });
}

void reply_sink::fail_calls_of(std::vector<actor_identity>& receivers) {
  std::sort(receivers.begin(), receivers.end());
  for (uint32_t index = 0; index < slots_.size(); ++index) {
    auto& entry = slots_[index];
    if (!entry.taken
        || !std::binary_search(receivers.begin(), receivers.end(),
                               entry.receiver))
      continue;
    auto lost = make_message(make_error(sec::request_receiver_down));
    complete(index, lost);
  }
}

} // namespace caf::aiomas::detail
