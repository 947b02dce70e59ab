#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/detail/io_clock.hpp"
#include "caf/aiomas/detail/transport.hpp"

#include <caf/error.hpp>

#include <map>
#include <mutex>
#include <optional>

namespace caf::aiomas::detail {

/// Which addresses were tried in vain, and when to try them again: after pauses
/// that grow until a connection comes about. For any thread.
class retry_pauses {
public:
  using time_point = io_clock::time_point;

  /// The pauses are those of an operation with these settings.
  explicit retry_pauses(const connect_settings& settings)
    : first_{retry_plan{settings}, {}, {}} {
    // nop
  }

  /// Returns why `where` was not reached, as long as it is not to be tried.
  std::optional<error> blocked(const address& where, time_point now) const;

  /// Says that nobody is at `where`. Says so several times if several waited
  /// for the same attempt.
  void failed(const address& where, error why, time_point now);

  void succeeded(const address& where);

private:
  struct entry {
    retry_plan plan;
    time_point until;
    error why;
  };

  const entry first_;
  mutable std::mutex mtx_;
  std::map<address, entry> entries_; // guarded by mtx_
  size_t sweep_at_ = 64; // guarded by mtx_
};

} // namespace caf::aiomas::detail
