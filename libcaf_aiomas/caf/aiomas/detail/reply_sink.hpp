#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/connection.hpp"
#include "caf/aiomas/detail/inline_host.hpp"
#include "caf/aiomas/options.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace caf::aiomas::detail {

/// In whose name an I/O thread sends the requests of peers to actors. It is not
/// scheduled: replies are handed straight to its loop, which knows from the id
/// of the message what to answer and to whom.
class reply_sink final : public forwarding_actor {
public:
  reply_sink(actor_config& cfg, io_loop& home);

  void enqueue(mailbox_element_ptr what, actor_host* host) override;

  const char* name() const override;

  /// Sends `content` to `receiver` as a request. Its reply goes to `from` as
  /// the answer to `id`, and ends a call there. For the loop's thread.
  void dispatch(const strong_actor_ptr& receiver, connection& from,
                inbound_id id, message content, dispatch_mode how);

private:
  /// A request that an actor is working on. Slots are used again; the
  /// generation tells a late reply from a current one.
  struct slot {
    connection_ptr from;
    inbound_id id;
    uint32_t generation = 1;
    uint32_t next_free = 0;
  };

  static constexpr uint64_t index_bits = 28;

  void complete(mailbox_element& reply);

  io_loop& loop_;
  std::shared_ptr<inline_host> here_;
  std::vector<slot> slots_;
  uint32_t first_free_ = 0; // index + 1
};

/// Answers the request `id` of `to` with what an actor replied: a `value`, an
/// `error`, or nothing. For the thread of the connection's loop.
void answer(connection& to, inbound_id id, message& content);

} // namespace caf::aiomas::detail
