#include "caf/aiomas/detail/reply_sink.hpp"

#include "caf/aiomas/detail/scoped_value.hpp"
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
                          inbound_id&& id, invocation&& what,
                          dispatch_mode how) {
  request current{reserve_slot(), from, id};
  {
    scoped_value guard{current_, &current};
    send_by(host_for(how), receiver, strong_actor_ptr{ctrl()},
            make_message_id(current.key), std::move(what));
  }
  if (current.answered)
    free_slot(slot_of(current.key));
  else
    open_slot(current.key, receiver, from, std::move(id), read_value, {});
}

void reply_sink::dispatch(const strong_actor_ptr& receiver, connection& from,
                          inbound_id&& id, message content, dispatch_mode how,
                          response_reader read, activity::token counts) {
  auto key = reserve_slot();
  open_slot(key, receiver, from, std::move(id), read, std::move(counts));
  send_by(host_for(how), receiver, strong_actor_ptr{ctrl()},
          make_message_id(key), std::move(content));
}

actor_host* reply_sink::host_for(dispatch_mode how) const noexcept {
  return how == dispatch_mode::inlined ? here_->door() : nullptr;
}

/// Returns a key for a request, which has a slot from now on.
uint64_t reply_sink::reserve_slot() {
  if (first_free_ == 0) {
    slots_.emplace_back();
    first_free_ = static_cast<uint32_t>(slots_.size());
  }
  auto index = first_free_ - 1;
  auto& entry = slots_[index];
  first_free_ = entry.next_free;
  return (uint64_t{entry.generation} << index_bits) | index;
}

void reply_sink::free_slot(slot& what) noexcept {
  if (++what.generation == 0)
    what.generation = 1; // a key is never 0
  what.next_free = first_free_;
  first_free_ = static_cast<uint32_t>(&what - slots_.data()) + 1;
}

/// Notes what the key stands for.
void reply_sink::open_slot(uint64_t key, const strong_actor_ptr& receiver,
                           connection& from, inbound_id&& id,
                           response_reader read, activity::token counts) {
  auto& entry = slot_of(key);
  entry.from = from.weak_from_this();
  entry.taken = true;
  entry.id = std::move(id);
  entry.receiver = identify(*receiver);
  entry.read = read;
  entry.counts = std::move(counts);
}

/// Returns the slot of a key of ours, which may stand for nothing any more.
reply_sink::slot& reply_sink::slot_of(uint64_t key) {
  return slots_[index_of(key)];
}

/// Returns what a key stands for; null if it is over.
reply_sink::slot* reply_sink::find_slot(uint64_t key) {
  if (index_of(key) >= slots_.size())
    return nullptr;
  auto& result = slot_of(key);
  return result.taken && result.generation == key >> index_bits ? &result
                                                                : nullptr;
}

/// Answers with what `result` returns for a reader, and lets the slot be used
/// again.
template <class F>
void reply_sink::close_slot(slot& what, F result) {
  auto from = std::exchange(what.from, {}).lock();
  what.taken = false;
  auto id = std::exchange(what.id, inbound_id{});
  auto read = what.read;
  auto counts = std::exchange(what.counts, {});
  free_slot(what);
  if (from)
    answer(*from, id, result(read));
}

bool reply_sink::is_current(uint64_t key) const noexcept {
  return current_ != nullptr && current_->key == key;
}

/// Answers the request that is being sent, unless that has been done.
void reply_sink::answer_current(const expected<value>& result) {
  if (!std::exchange(current_->answered, true))
    answer(current_->from, current_->id, result);
}

void reply_sink::complete(mailbox_element& reply) {
  auto key = reply.mid.request_id().integer_value();
  auto current = is_current(key);
  auto what = current ? nullptr : find_slot(key);
  if (!current && what == nullptr)
    return;
  auto response = reply.move_content_to_message();
  if (current)
    answer_current(read_with(read_value, response));
  else
    close_slot(*what, [&response](response_reader read) {
      return read_with(read, response);
    });
}

void reply_sink::complete(uint64_t key, expected<value>&& result) {
  if (is_current(key))
    answer_current(result);
  else if (auto what = find_slot(key))
    close_slot(*what, [&result](response_reader) -> expected<value>&& {
      return std::move(result);
    });
}

void reply_sink::deliver(const strong_actor_ptr& receiver,
                         actor_control_block* sender, message_id mid,
                         expected<value>&& result, actor_host* host) {
  auto response = mid.response_id();
  auto& what = *receiver->get();
  if (typeid(what) == typeid(reply_sink)) {
    static_cast<reply_sink&>(what).take(response, std::move(result));
    return;
  }
  strong_actor_ptr from{sender};
  if (result)
    send_by(host, receiver, std::move(from), response, std::move(*result));
  else
    send_by(host, receiver, std::move(from), response,
            std::move(result.error()));
}

void reply_sink::take(message_id response, expected<value>&& result) {
  auto key = response.request_id().integer_value();
  if (loop_.in_loop()) {
    complete(key, std::move(result));
    return;
  }
  {
    std::lock_guard guard{mtx_};
    results_.push_back({key, std::move(result)});
    if (results_.size() > 1)
      return; // they are about to be collected
  }
  post([](reply_sink& self) { self.collect_results(); });
}

void reply_sink::collect_results() {
  {
    std::lock_guard guard{mtx_};
    collected_.swap(results_);
  }
  for (auto& x : collected_)
    complete(x.key, std::move(x.result));
  collected_.clear();
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

void answer(connection& to, const inbound_id& id,
            const expected<value>& result) {
  auto now = session::clock::now();
  auto& protocol = to.protocol();
  if (result)
    protocol.reply(id, *result, now);
  else
    protocol.fail(id, traceback_of(result.error()), now);
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
    close_slot(entry, [](response_reader) -> expected<value> {
      return make_error(sec::request_receiver_down);
    });
  }
}

} // namespace caf::aiomas::detail
