#include "call_agent.hpp"
#include "command.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <optional>

namespace caf::aiomas::tool {

namespace {

constexpr const char* footer = R"(Examples:
  $ aiomas call tcp://127.0.0.1:5555/0 add '[3, 4]'
  7
  $ aiomas call tcp://127.0.0.1:5555/0 sub/ping --kwargs '{"x": 1}' --timeout 2
  ["pong",1]
  $ aiomas call tcp://127.0.0.1:5556/0 service '[{"$bytes": "ff"}]' -c msgpack
  {"$bytes":"ff"}

The result is printed as one line of JSON. What JSON does not have is written as
{"$bytes": "0aff"}, {"$float": "nan"}, {"$map": [[key, value], ...]} or {"$ext":
[code, "0aff"]}, in arguments as well as in results. Objects such as dates and
proxies are shown as they are on the wire, {"__type__": [type id, content]}:
that of a proxy is a path, such as "agents/1".

The codec must be the one that the agent's container has been given.

With --cafile, --certfile and --keyfile, the connection uses TLS.

There is one attempt to connect. Without --timeout, a call may take as long as
it likes.)";

/// Longer than anyone waits, and short enough to be added to a point in time.
constexpr double longest_timeout = 1e8;

struct settings {
  std::string url;
  std::string method;
  std::string args = "[]";
  std::string kwargs = "{}";
  std::string codec = "json";
  std::optional<double> timeout;
  ssl_certs certs;
};

fault refuse(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

/// Whether a peer would take `kwargs` for an object.
bool has_type_key(const value& kwargs) {
  auto names = kwargs.get_if<dict>();
  return kwargs.type() == value::kind::tagged
         || (names != nullptr && names->contains("__type__"));
}

outcome<arguments> parse_arguments(const settings& with) {
  auto args = parse(with.args);
  if (!args)
    return refuse("JSON-ARGS: " + args.error().text);
  auto kwargs = parse(with.kwargs);
  if (!kwargs)
    return refuse("--kwargs: " + kwargs.error().text);
  auto xs = args->get_if<list>();
  if (xs == nullptr)
    return refuse("JSON-ARGS must be a JSON array, such as '[3, 4]'");
  if (has_type_key(*kwargs))
    return refuse(
      "--kwargs: no argument can be named __type__, since the peer "
      "would take all of them for an object");
  auto kws = kwargs->get_if<dict>();
  if (kws == nullptr)
    return refuse("--kwargs must be a JSON object, such as '{\"x\": 1}'");
  return arguments{std::move(*xs), std::move(*kws)};
}

outcome<agent_call> parse_call(const settings& with) {
  auto url = agent_url::parse(with.url);
  if (!url)
    return std::move(url.error());
  auto args = parse_arguments(with);
  if (!args)
    return std::move(args.error());
  agent_call result{*std::move(url),           with.method,  *std::move(args),
                    keeping_codec(with.codec), std::nullopt, {}};
  if (!with.certs.cafile.empty())
    result.tls = with.certs;
  if (with.timeout) {
    if (!(*with.timeout > 0 && *with.timeout <= longest_timeout))
      return refuse("--timeout must be more than 0 and at most 1e8 seconds");
    result.timeout = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>{*with.timeout});
  }
  if (auto encodable = check(result); !encodable)
    return refuse("the arguments cannot be encoded: " + encodable.error().text);
  return result;
}

exit_code exit_code_of(const error& what) {
  switch (code_of(what)) {
    case errc::remote_exception:
    case errc::no_such_agent:
    case errc::deserialization_error: // of the reply
      return remote_error;
    case errc::invalid_argument: // certificates that cannot be used
      return usage_error;
    default:
      return no_connection;
  }
}

std::string text_for(const error& what) {
  switch (code_of(what)) {
    case errc::remote_exception:
      return "exception raised by " + origin_of(what) + "\n" + text_of(what);
    case errc::deserialization_error:
      return "cannot read the reply: " + text_of(what);
    case errc::timeout:
      return "no answer in time";
    default:
      return text_of(what);
  }
}

exit_code run(const settings& with) {
  auto what = parse_call(with);
  if (!what) {
    complain(what.error().text);
    return usage_error;
  }
  auto result = call_agent(*std::move(what));
  if (!result) {
    complain(text_for(result.error()));
    return exit_code_of(result.error());
  }
  std::cout << to_line(*result) << '\n';
  return success;
}

} // namespace

void add_call(CLI::App& app, command& selected) {
  auto with = std::make_shared<settings>();
  auto cmd = app.add_subcommand("call", "Calls a function of an agent.");
  cmd
    ->add_option("URL", with->url,
                 "of the agent: tcp://HOST:PORT/ID or ipc://[PATH]/ID")
    ->required();
  cmd->add_option("METHOD", with->method, "its function: add, or sub/ping")
    ->required();
  cmd->add_option("JSON-ARGS", with->args, "arguments, a JSON array")
    ->capture_default_str();
  cmd
    ->add_option("--kwargs,-k", with->kwargs,
                 "arguments by name, a JSON object")
    ->type_name("JSON");
  add_codec_option(*cmd, with->codec);
  cmd
    ->add_option("--timeout,-t", with->timeout,
                 "bound of connecting and calling together, in seconds; "
                 "default: one attempt to connect, and calls take as long as "
                 "they take")
    ->type_name("S");
  add_tls_options(*cmd, with->certs);
  cmd->footer(footer);
  cmd->callback(
    [with, &selected] { selected = [with] { return run(*with); }; });
}

} // namespace caf::aiomas::tool
