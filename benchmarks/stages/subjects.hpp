#pragma once

namespace stages {

// Each registers benchmarks named `stage/codec/payload`, without the codec or
// the payload where it makes no difference.

/// `frame`: takes frames out of what a socket has read.
void register_frame();

/// `decode` and `encode`: between the bytes of a frame and a message.
void register_codecs();

/// `find`: from the content of a request to the agent and its arguments.
/// `resolve`: from the rest of the path to the function.
void register_route();

/// `handler`: calls the function, with its argument and result converted.
void register_handler();

/// `inlined` and `scheduled`: hands the request to the agent and lets it run,
/// by the same thread or by a worker of the scheduler, until the result is back
/// in the thread that it came from. Includes `resolve` and `handler`.
void register_dispatch();

/// `write`: writes replies to a Unix socket. `write_alone`: one at a time.
void register_write();

/// `session`: from the bytes of requests to those of replies by a session, with
/// all that is above but a mailbox and a socket.
void register_session();

} // namespace stages
