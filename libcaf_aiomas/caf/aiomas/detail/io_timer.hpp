#pragma once

#include "caf/aiomas/detail/io_clock.hpp"

#include <asio/basic_waitable_timer.hpp>

namespace caf::aiomas::detail {

/// A timer of an I/O loop.
using io_timer = asio::basic_waitable_timer<io_clock>;

} // namespace caf::aiomas::detail
