#pragma once

#include "messages.hpp"

#include "caf/aiomas/codec.hpp"

#include <string>

namespace micro {

/// Appends to `out`. Throws `std::runtime_error` if the message cannot be
/// encoded.
void encode(caf::aiomas::codec& how, const message& what,
            caf::aiomas::byte_buffer& out);

/// What the codec `format` makes of it. Throws `std::runtime_error` if that is
/// not read as the same message.
caf::aiomas::byte_buffer encoded(const std::string& format,
                                 const message& what);

/// The format of the bytes that count: of compressed messages, those before
/// they are compressed.
std::string plain_format(const std::string& format);

} // namespace micro
