#pragma once

#include "tally.hpp"

#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/value.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace stages {

/// The name of the function that is called.
inline constexpr const char* function_name = "service";

/// Its only argument, which is its result as well.
struct payload {
  /// As it stands in the results.
  const char* name;

  caf::aiomas::value (*make)();

  /// Exposes a function that takes and returns such a thing, as a C++ type.
  caf::aiomas::exposed (*expose)(tally& count);
};

/// An int, a text of 1 KiB, and a dict of four floats.
extern const std::array<payload, 3> payloads;

extern const std::array<const char*, 2> formats;

/// The name of a benchmark, for example "decode/json/int".
std::string name_of(const std::string& stage, const std::string& format,
                    const payload& what);

/// The path of the function of an agent.
std::string path_of(size_t agent);

caf::aiomas::arguments arguments_of(const payload& what);

/// A request, encoded, but not in a frame.
caf::aiomas::byte_buffer request(const std::string& format,
                                 const payload& what);

/// `depth` requests in frames.
caf::aiomas::byte_buffer requests(const std::string& format,
                                  const payload& what);

/// `depth` replies in frames.
caf::aiomas::byte_buffer replies(const std::string& format,
                                 const payload& what);

} // namespace stages
