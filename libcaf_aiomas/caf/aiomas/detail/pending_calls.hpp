#pragma once

#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

/// The calls of a session that have not ended yet, with their deadlines. A call
/// leaves the table before its handler runs, so that handlers may do anything.
class pending_calls {
public:
  using handler = unique_function<void(outcome<value>)>;
  using time_point = std::chrono::steady_clock::time_point;

  /// A call that has left the table.
  struct ended_call {
    handler on_reply; // empty if there was no such call
    time_point begun;

    explicit operator bool() const noexcept {
      return static_cast<bool>(on_reply);
    }
  };

  /// Adds a call whose request is on its way, or `waiting` for room.
  void add(uint64_t id, handler on_reply, time_point now,
           std::optional<time_point> deadline, bool waiting, uint64_t tag);

  /// Says that the request of a call that was waiting is on its way now.
  /// Returns false if there is no such call, because it was given up.
  bool sent(uint64_t id);

  /// Removes a call, if there is such a call.
  ended_call take(uint64_t id);

  /// Returns the id of the call that has this tag. Looks at all calls: giving a
  /// call up is rare, and calls that are not given up should not pay for it.
  std::optional<uint64_t> find_tag(uint64_t tag) const noexcept;

  /// Removes all calls and returns their handlers in the order of their ids.
  std::vector<handler> take_all();

  size_t size() const noexcept {
    return calls_.size();
  }

  /// Calls whose request is on its way: their replies may come at any time.
  size_t in_flight() const noexcept {
    return calls_.size() - waiting_;
  }

  /// The earliest deadline and the call it belongs to.
  std::optional<std::pair<time_point, uint64_t>> next_deadline() const noexcept;

private:
  struct call {
    handler on_reply;
    time_point begun;
    std::optional<time_point> deadline;
    bool waiting;
    uint64_t tag;
  };

  std::unordered_map<uint64_t, call> calls_;
  std::set<std::pair<time_point, uint64_t>> deadlines_;
  size_t waiting_ = 0;
};

} // namespace caf::aiomas::detail
