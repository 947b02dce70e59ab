#include "caf/aiomas/agent_url.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace caf::aiomas {

namespace {

// The reasons are those that users of the original know from Python.
constexpr const char* cannot_split
  = "not enough values to unpack (expected 2, got 1)";
constexpr const char* nothing_there = "string index out of range";

using parts = std::optional<std::pair<std::string_view, std::string_view>>;

parts split(std::string_view text, std::string_view separator) {
  auto at = text.find(separator);
  if (at == std::string_view::npos)
    return std::nullopt;
  return std::pair{text.substr(0, at), text.substr(at + separator.size())};
}

parts split_at_last(std::string_view text, char separator) {
  auto at = text.rfind(separator);
  if (at == std::string_view::npos)
    return std::nullopt;
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Reads a port as Python's `int` does: spaces around, a sign and single
/// underscores between digits are fine.
outcome<uint16_t> parse_port(std::string_view text) {
  auto invalid
    = fault{errc::invalid_url, "invalid literal for int() with base 10: '"
                                 + std::string{text} + "'"};
  auto digits = text;
  while (!digits.empty() && is_space(digits.front()))
    digits.remove_prefix(1);
  while (!digits.empty() && is_space(digits.back()))
    digits.remove_suffix(1);
  auto negative = digits.starts_with('-');
  if (negative || digits.starts_with('+'))
    digits.remove_prefix(1);
  std::string plain;
  char last = '_';
  for (auto c : digits) {
    if (c == '_' && last == '_')
      return invalid;
    if (c != '_')
      plain += c;
    last = c;
  }
  unsigned long result = 0;
  auto end = plain.data() + plain.size();
  auto [ptr, ec] = std::from_chars(plain.data(), end, result);
  if (last == '_' || ptr != end || ec == std::errc::invalid_argument)
    return invalid;
  if (ec != std::errc{} || result > 65535 || (negative && result != 0))
    return fault{errc::invalid_url, "port must be 0-65535"};
  return static_cast<uint16_t>(result);
}

outcome<agent_url> parse_tcp(std::string_view rest) {
  auto place = split(rest, "/");
  if (!place)
    return fault{errc::invalid_url, cannot_split};
  auto end = split_at_last(place->first, ':');
  if (!end)
    return fault{errc::invalid_url, cannot_split};
  auto [host, port_text] = *end;
  if (host.empty())
    return fault{errc::invalid_url, nothing_there};
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  auto port = parse_port(port_text);
  if (!port)
    return std::move(port.error());
  return agent_url{address{std::string{host}, *port},
                   std::string{place->second}};
}

outcome<agent_url> parse_ipc(std::string_view rest) {
  if (rest.empty())
    return fault{errc::invalid_url, nothing_there};
  if (rest.front() != '[')
    return fault{errc::invalid_url, ""};
  auto place = split(rest.substr(1), "]/");
  if (!place)
    return fault{errc::invalid_url, cannot_split};
  auto where
    = address::make(address::transport::ipc, std::string{place->first});
  return agent_url{std::move(where), std::string{place->second}};
}

outcome<agent_url> parse_local(std::string_view rest) {
  auto place = split(rest, "/");
  if (!place)
    return fault{errc::invalid_url, cannot_split};
  auto where
    = address::make(address::transport::local, std::string{place->first});
  return agent_url{std::move(where), std::string{place->second}};
}

outcome<agent_url> parse_any(std::string_view url) {
  auto scheme = split(url, "://");
  if (!scheme)
    return fault{errc::invalid_url, cannot_split};
  auto [name, rest] = *scheme;
  auto result = name == "tcp"     ? parse_tcp(rest)
                : name == "ipc"   ? parse_ipc(rest)
                : name == "local" ? parse_local(rest)
                                  : fault{errc::invalid_url,
                                          std::string{name}
                                            + " not in {'ipc', 'local', "
                                              "'tcp'}"};
  if (result && result->agent_id.empty())
    return fault{errc::invalid_url, "No agent ID specified."};
  return result;
}

} // namespace

outcome<agent_url> agent_url::parse(std::string_view url) {
  auto result = parse_any(url);
  if (!result)
    result.error().text.insert(0, "Cannot parse agent URL \"" + std::string{url}
                                    + "\": ");
  return result;
}

std::string to_string(const agent_url& x) {
  return to_string(x.where) + "/" + x.agent_id;
}

} // namespace caf::aiomas
