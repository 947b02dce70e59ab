#include "caf/aiomas/detail/reply_sink.hpp"

#include "caf/aiomas/error.hpp"
#include "caf/aiomas/message_types.hpp"

namespace caf::aiomas::detail {

reply_sink::reply_sink(actor_config& cfg, io_loop& home)
  : forwarding_actor(cfg),
    loop_(home),
    here_(std::make_shared<inline_host>(this->home_system(), home)) {
  // nop
}

const char* reply_sink::name() const {
  return "aiomas.reply_sink";
}

void reply_sink::enqueue(mailbox_element_ptr what, actor_host*) {
  if (!what->mid.is_response())
    return;
  if (loop_.in_loop()) {
    complete(*what);
    return;
  }
  // The mailbox element owns a reference to its sender, but not to us.
  loop_.post([self = strong_actor_ptr{ctrl()}, what = std::move(what)] {
    static_cast<reply_sink*>(actor_cast<abstract_actor*>(self))
      ->complete(*what);
  });
}

void reply_sink::dispatch(const strong_actor_ptr& receiver, connection& from,
                          inbound_id id, message content, dispatch_mode how) {
  if (first_free_ == 0) {
    slots_.emplace_back();
    first_free_ = static_cast<uint32_t>(slots_.size());
  }
  auto index = first_free_ - 1;
  auto& entry = slots_[index];
  first_free_ = entry.next_free;
  entry.from = from.shared_from_this();
  entry.id = std::move(id);
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
  auto& entry = slots_[index];
  auto from = std::exchange(entry.from, nullptr);
  auto id = std::exchange(entry.id, inbound_id{});
  if (++entry.generation == 0)
    entry.generation = 1; // a key is never 0
  entry.next_free = first_free_;
  first_free_ = static_cast<uint32_t>(index + 1);
  auto content = reply.move_content_to_message();
  answer(*from, std::move(id), content);
}

void answer(connection& to, inbound_id id, message& content) {
  auto now = session::clock::now();
  auto& protocol = to.protocol();
  if (content.match_elements<value>())
    protocol.reply(std::move(id), content.get_as<value>(0), now);
  else if (content.match_elements<error>())
    protocol.fail(std::move(id), traceback_of(content.get_as<error>(0)), now);
  else if (content.empty() || content.match_elements<unit_t>())
    protocol.reply(std::move(id), value{}, now);
  else
    protocol.fail(std::move(id),
                  format_traceback("TypeError", "the actor replied with "
                                                  + to_string(content)
                                                  + " instead of a value"),
                  now);
  to.touch();
}

} // namespace caf::aiomas::detail
