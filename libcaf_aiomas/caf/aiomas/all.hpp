#pragma once

/// Everything a user of the library needs, together with CAF itself.

#include <caf/all.hpp>

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/channel.hpp"
#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/errc.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/promise.hpp"
#include "caf/aiomas/proxy.hpp"
#include "caf/aiomas/rpc.hpp"
#include "caf/aiomas/service.hpp"
#include "caf/aiomas/value.hpp"
#include "caf/aiomas/warning.hpp"
