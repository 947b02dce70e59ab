#pragma once

namespace micro {

// Each registers benchmarks named `work/format/who/message`, where `work` is
// "encode", "decode" or "copy".

/// This library's codecs. "aiomas_shared" decodes as connections do: large text
/// and bytes may remain parts of the buffer that they were received in.
void register_ours();

/// nlohmann/json: between text and its tree.
void register_nlohmann();

/// msgpack-c: between bytes and `msgpack::object`.
void register_msgpack_c();

/// The least that can be done: `memcpy` of the encoded message, into memory
/// that is "warm" or that the system has just given, "fresh".
void register_memcpy();

} // namespace micro
