#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/resolve.hpp"
#include "caf/aiomas/detail/unique_function.hpp"

#include <memory>
#include <string>

namespace caf::aiomas::detail {

/// Looks a host up, however long that takes. Called in any thread, and in
/// several at a time.
using resolver = host_entry (*)(const std::string& host);

/// Replaces what all later look-ups of the process use, and returns what they
/// did use. At first, that is `resolve`. For any thread.
resolver use_resolver(resolver what) noexcept;

/// Takes what was found out.
using look_up_handler = unique_function<void(const host_entry&)>;

/// Looks `host` up and calls `done` in the thread of `home`, exactly once:
/// from within if `host` is an IP address, which nobody is asked about, else
/// later. When `home` stops or the result is aborted, `done` gets
/// `asio::error::operation_aborted`, although the look-up itself goes on: the
/// system offers no way to end it. For the thread of `home`, which must not be
/// stopping.
///
/// Each name is looked up in a thread of its own that belongs to nobody, so
/// that a slow one delays neither other names nor the end of loops, systems and
/// the process. Beyond `defaults::max_look_ups` names at a time, further ones
/// wait; all who want the same name share a look-up.
std::weak_ptr<io_loop::resident> look_up(io_loop& home, const std::string& host,
                                         look_up_handler done);

} // namespace caf::aiomas::detail
