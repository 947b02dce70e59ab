#pragma once

#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/connection.hpp"
#include "caf/aiomas/detail/inline_host.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/options.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace caf::aiomas::detail {

/// Turns the response of an actor into the result of a call. May throw.
using response_reader = expected<value> (*)(message&);

/// The reader for those that answer with a `value`, an `error`, or nothing.
expected<value> read_value(message& response);

/// Tells an actor from all others, also from those that come after it.
struct actor_identity {
  actor_id id = 0; // unique in a node, and never used again
  const actor_control_block* where = nullptr;

  friend auto operator<=>(const actor_identity&, const actor_identity&)
    = default;
};

inline actor_identity identify(const actor_control_block& what) noexcept {
  return {what.aid, &what};
}

/// In whose name an I/O thread sends the requests of peers to actors. It is not
/// scheduled: replies are handed straight to its loop, which knows from the id
/// of the message what to answer and to whom.
class reply_sink final : public forwarding_actor {
public:
  reply_sink(actor_config& cfg, io_loop& home);

  void enqueue(mailbox_element_ptr what, actor_host* host) override;

  const char* name() const override;

  /// Sends `what` to `receiver` as a request. Its reply goes to `from` as the
  /// answer to `id`: before this returns, if the receiver has handled the
  /// request at once. For the loop's thread.
  void dispatch(const strong_actor_ptr& receiver, connection& from,
                inbound_id&& id, invocation&& what, dispatch_mode how);

  /// The same for any message to an actor that is no agent: `read` understands
  /// its response. In the end, `counts` goes.
  void dispatch(const strong_actor_ptr& receiver, connection& from,
                inbound_id&& id, message content, dispatch_mode how,
                response_reader read, activity::token counts);

  /// Gives the result of an invocation with the id `mid` to `receiver`, who has
  /// sent it: as a message of `sender`, which may be null, or, if it is one of
  /// these, on the shortest way. `host` is what runs the sender, if that is
  /// known. For any thread.
  static void deliver(const strong_actor_ptr& receiver,
                      actor_control_block* sender, message_id mid,
                      expected<value>&& result, actor_host* host = nullptr);

  /// Says that an actor has ended. What it still owes fails, unless a reply is
  /// under way: CAF bounces what waits in the mailbox of an actor that ends,
  /// but not what it was working on, nor what it had promised. For any thread.
  void ended(actor_identity who);

private:
  /// A request that an actor is working on. Slots are used again; the
  /// generation tells a late reply from a current one.
  struct slot {
    std::weak_ptr<connection> from; // whoever is gone needs no answer
    bool taken = false;
    inbound_id id;
    actor_identity receiver;
    response_reader read = nullptr;
    activity::token counts;
    uint32_t generation = 1;
    uint32_t next_free = 0;
  };

  /// A request that is being sent, and has no slot unless it goes on.
  struct request {
    uint64_t key;
    connection& from;
    inbound_id& id;
    bool answered = false;
  };

  static constexpr uint64_t index_bits = 28;

  static constexpr size_t index_of(uint64_t key) noexcept {
    return key & ((uint64_t{1} << index_bits) - 1);
  }

  /// A result that another thread has handed over.
  struct handed_over {
    uint64_t key;
    expected<value> result;
  };

  uint64_t reserve_slot();
  void free_slot(slot& what) noexcept;
  void open_slot(uint64_t key, const strong_actor_ptr& receiver,
                 connection& from, inbound_id&& id, response_reader read,
                 activity::token counts);
  slot& slot_of(uint64_t key);
  slot* find_slot(uint64_t key);
  actor_host* host_for(dispatch_mode how) const noexcept;
  void take(message_id response, expected<value>&& result);
  void complete(mailbox_element& reply);
  void complete(uint64_t key, expected<value>&& result);
  void answer_current(const expected<value>& result);
  bool is_current(uint64_t key) const noexcept;
  template <class F>
  void close_slot(slot& what, F result);
  void collect_results();
  void collect_ended();
  void fail_calls_of(std::vector<actor_identity>& receivers);

  /// Calls `what` with this object in the thread of the loop.
  template <class F>
  void post(F what);

  io_loop& loop_;
  std::shared_ptr<inline_host> here_;
  std::vector<slot> slots_;
  uint32_t first_free_ = 0; // index + 1
  request* current_ = nullptr; // while one is sent that may end at once

  std::mutex mtx_;
  std::vector<actor_identity> ended_; // guarded by mtx_
  std::vector<handed_over> results_; // guarded by mtx_
  std::vector<handed_over> collected_; // for the loop's thread
};

/// Answers the request `id` of `to`. For the thread of the connection's loop.
void answer(connection& to, const inbound_id& id,
            const expected<value>& result);

} // namespace caf::aiomas::detail
