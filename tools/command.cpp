#include "command.hpp"
#include "text.hpp"

#include "caf/aiomas/codec.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace caf::aiomas::tool {

void add_codec_option(CLI::App& app, std::string& name) {
  auto is_known = [](const std::string& x) {
    if (codec_by_name(x))
      return std::string{};
    return "unknown codec: " + x + "; known are " + codec_names();
  };
  app
    .add_option("--codec,-c", name,
                "how messages are encoded: " + codec_names())
    ->type_name("NAME")
    ->check(is_known)
    ->capture_default_str();
}

void complain(const std::string& what) {
  std::cerr << "aiomas: " << printable(what);
  if (!what.ends_with('\n'))
    std::cerr << '\n';
}

} // namespace caf::aiomas::tool
