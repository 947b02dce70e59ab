#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace load {

using seconds = std::chrono::duration<double>;

/// What is echoed.
struct payload {
  enum class kind { integer, text, bytes, dict };

  kind what = kind::integer;

  /// Of text and bytes, how many.
  size_t length = 0;

  /// Reads `int`, `string:N`, `bytes:N` or `dict`.
  static std::optional<payload> parse(const std::string& text);

  /// Bytes that one of them is said to carry, whoever encodes it: 8 of an
  /// integer, `length` of text and bytes, those of its JSON of the dict.
  size_t size() const noexcept;
};

/// The dict that is echoed, as JSON.
inline constexpr std::string_view dict_payload
  = R"({"id": 4711, "url": "tcp://localhost:5555/4711", "kind": "battery", )"
    R"("active": true, "energy": -49152, "price": 1234.565, )"
    R"("load": 0.7071067811865476, "flexibility": [0.25, -0.5, 21]})";

/// What to do to a server: one line of the output.
struct plan {
  size_t conns = 1;
  size_t depth = 64;
  size_t agents = 8;
  seconds warmup{0.5};
  seconds window{2};

  /// How many calls to make in all, instead of those of a window; 0 if none.
  size_t calls = 0;

  /// Calls to begin per second, instead of one for each reply; 0 if none.
  double rate = 0;

  /// How many microseconds the agent's function is busy; 0 calls `service`.
  size_t work_us = 0;

  std::string payload_name = "int";
  load::payload payload;

  std::string codec = "json";
  std::string transport = "tcp";

  /// `scheduled`, `inlined`, or empty for what the server does by default.
  std::string dispatch;

  /// Folder with certificates, for TLS.
  std::string certs;

  /// Options that are not for this program but for CAF.
  std::vector<std::string> others;
};

} // namespace load
