#pragma once

#include "caf/aiomas/all.hpp"

#include <optional>
#include <string>

namespace interop {

/// What a program is told: `URL [CODEC [CERTS]]`.
struct arguments {
  std::string url; // of a container
  caf::aiomas::address where{"", 0}; // the same
  std::string codec = "json";
  std::string certs; // a folder; if empty, there is no TLS

  static std::optional<arguments> parse(int argc, char** argv) {
    if (argc < 2 || argc > 4)
      return std::nullopt;
    arguments result;
    result.url = argv[1];
    if (auto where = caf::aiomas::address::parse(result.url))
      result.where = *where;
    else
      return std::nullopt;
    if (argc > 2)
      result.codec = argv[2];
    if (!caf::aiomas::codec_by_name(result.codec))
      return std::nullopt;
    if (argc > 3)
      result.certs = argv[3];
    return result;
  }

  bool is_ipc() const {
    return where.how() == caf::aiomas::address::transport::ipc;
  }

  /// What a container needs to talk to that one, but for serializers.
  caf::aiomas::options options() const {
    caf::aiomas::options result;
    result.codec = caf::aiomas::codec_by_name(codec);
    if (!certs.empty())
      result.ssl = caf::aiomas::ssl_certs{
        certs + "/ca.pem", certs + "/device.pem", certs + "/device.key"};
    return result;
  }
};

} // namespace interop
