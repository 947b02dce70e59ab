#pragma once

#include "load_plan.hpp"
#include "load_result.hpp"

#include <functional>
#include <string>

#include <sys/types.h>

namespace load {

/// A program that keeps calls of a server pending and counts the replies. All
/// such programs have the same options and the same output.
struct client {
  const char* description = nullptr;

  /// The program to start if none is given.
  std::string server;

  /// The only codec that there is; if empty, those of aiomas are.
  std::string codec;

  /// Whether it has the options that only clients of aiomas have: `--agents`,
  /// `--work`, `--dispatch` and `--transport`.
  bool is_aiomas = true;

  /// Whether there is a transport inside of the process.
  bool has_local = false;

  /// Whether there is TLS.
  bool has_tls = false;

  /// Whether it has the option `--calls`.
  bool has_calls = false;

  /// Whether it has the option `--rate`.
  bool has_rate = false;

  /// Whether it takes options that it does not know, which are CAF's.
  bool has_others = false;

  /// Measures one line. The URL is empty for the transport `local`. `server` is
  /// -1 if the process is not known. May throw `std::exception`.
  std::function<result(const plan& how, const std::string& url, pid_t server)>
    run;
};

/// The body of `main`: reads the options, starts the servers, measures, and
/// prints. Returns the exit code.
int run_client(int argc, char** argv, const client& what);

} // namespace load
