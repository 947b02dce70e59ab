#pragma once

#include "caf/aiomas/ssl.hpp"

#include <functional>
#include <string>

namespace CLI {

class App;

} // namespace CLI

namespace caf::aiomas::tool {

/// What the program ends with.
enum exit_code : int {
  success = 0,
  /// The other side answered with an exception, or has no such agent.
  remote_error = 1,
  /// Bad arguments or bad input.
  usage_error = 2,
  /// No connection, or no answer in time; of a node, nowhere to listen.
  no_connection = 3,
};

/// What is to be done once the command line has been read.
using command = std::function<exit_code()>;

// Each adds one command with its options to `app`, and is in a file of its own.
// If the user wants it, it is put into `selected`.

void add_call(CLI::App& app, command& selected);
void add_decode(CLI::App& app, command& selected);
void add_encode(CLI::App& app, command& selected);
void add_node(CLI::App& app, command& selected);

/// Adds the option `--codec`, which only takes names of codecs.
void add_codec_option(CLI::App& app, std::string& name);

/// Adds the options `--cafile`, `--certfile` and `--keyfile`, all or none.
void add_tls_options(CLI::App& app, ssl_certs& certs);

/// Prints what went wrong to stderr, without what could control a terminal:
/// texts may come from peers.
void complain(const std::string& what);

} // namespace caf::aiomas::tool
