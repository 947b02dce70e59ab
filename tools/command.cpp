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

void add_tls_options(CLI::App& app, ssl_certs& certs) {
  auto cafile = app.add_option("--cafile", certs.cafile,
                               "TLS: certificates of the CAs to trust");
  auto certfile
    = app.add_option("--certfile", certs.certfile, "TLS: certificate to show");
  auto keyfile
    = app.add_option("--keyfile", certs.keyfile, "TLS: private key of it");
  for (auto option : {cafile, certfile, keyfile})
    option->type_name("FILE");
  cafile->needs(certfile);
  certfile->needs(keyfile);
  keyfile->needs(cafile);
}

void complain(const std::string& what) {
  std::cerr << "aiomas: " << printable(what);
  if (!what.ends_with('\n'))
    std::cerr << '\n';
}

} // namespace caf::aiomas::tool
