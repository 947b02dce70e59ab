#pragma once

#include <cstdint>
#include <string>

namespace caf::aiomas::detail {

/// How much an event matters to whoever runs the program.
enum class severity : uint8_t {
  debug,
  info,
  warning,
};

/// Takes what happens to connections and servers, one line for each event: its
/// name and then fields, as in `connection_opened peer=tcp://127.0.0.1:5555`.
/// For any thread.
class event_log {
public:
  virtual ~event_log();

  /// Whether events of this kind are to be rendered at all.
  virtual bool wants(severity how) const noexcept = 0;

  virtual void write(severity how, std::string line) = 0;
};

} // namespace caf::aiomas::detail
