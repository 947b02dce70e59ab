#define CAF_SUITE ipc_name

#include "caf/aiomas/detail/ipc_name.hpp"

#include "unit/unix_sockets.hpp"

#include <string>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;

namespace {

std::string verdict(const std::string& path) {
  auto name = ipc_name::make(path);
  if (!name)
    return to_string(name.error());
  return name->is_abstract() ? "abstract" : "file";
}

/// A socket that is closed with its owner.
struct bound_socket {
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);

  ~bound_socket() {
    ::close(fd);
  }

  std::error_code bind(const std::string& path) const {
    return ipc_name::make(path)->bind(fd);
  }
};

} // namespace

CAF_TEST(kinds of names) {
  CAF_CHECK_EQUAL(verdict("/tmp/a"), "file");
  CAF_CHECK_EQUAL(verdict("a"), "file");
  CAF_CHECK_EQUAL(verdict("a@b"), "file");
  CAF_CHECK_EQUAL(verdict("@a"), "abstract");
  CAF_CHECK_EQUAL(verdict("@/tmp/a"), "abstract");
  CAF_CHECK_EQUAL(verdict("./@a"), "file");
}

CAF_TEST(names that cannot be) {
  CAF_CHECK_EQUAL(verdict(""), "invalid_argument: the path is empty");
  CAF_CHECK_EQUAL(verdict("@"), "invalid_argument: the abstract name is empty");
  CAF_CHECK_EQUAL(verdict(std::string{"a\0b", 3}),
                  "invalid_argument: the path contains a NUL byte");
  CAF_CHECK_EQUAL(verdict(std::string{"@\0b", 3}),
                  "invalid_argument: the path contains a NUL byte");
}

CAF_TEST(the longest names) {
  CAF_CHECK_EQUAL(verdict(std::string(107, 'x')), "file");
  CAF_CHECK_EQUAL(verdict(std::string(108, 'x')),
                  "invalid_argument: the path has 108 bytes, but names of Unix "
                  "sockets have at most 107");
  CAF_CHECK_EQUAL(verdict("@" + std::string(107, 'x')), "abstract");
  CAF_CHECK_EQUAL(verdict("@" + std::string(108, 'x')),
                  "invalid_argument: the path has 108 bytes, but names of Unix "
                  "sockets have at most 107");
  CAF_CHECK_EQUAL(verdict(std::string(100'000, 'x')).substr(0, 41),
                  "invalid_argument: the path has 100000 byt");
}

CAF_TEST(names that the system tells) {
  temp_folder folder;
  bound_socket fresh;
  CAF_CHECK_EQUAL(name_of_socket(fresh.fd), "");
  CAF_CHECK_EQUAL(name_of_peer(fresh.fd), "");
  bound_socket file;
  CAF_REQUIRE(!file.bind(folder / "s"));
  CAF_CHECK_EQUAL(name_of_socket(file.fd), folder / "s");
  bound_socket abstract;
  auto name = "@" + folder.path();
  CAF_REQUIRE(!abstract.bind(name));
  CAF_CHECK_EQUAL(name_of_socket(abstract.fd), name);
  bound_socket longest;
  name += std::string(108 - name.size(), 'x');
  CAF_REQUIRE(!longest.bind(name));
  CAF_CHECK_EQUAL(name_of_socket(longest.fd), name);
  bound_socket none;
  CAF_CHECK_EQUAL(name_of_socket(-1), "");
}

CAF_TEST(paths that look like abstract names) {
  temp_folder folder;
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  raw_unix_socket server;
  server.bind("@s");
  server.listen();
  std::filesystem::current_path(before);
  bound_socket client;
  CAF_REQUIRE(!ipc_name::make(folder / "@s")->connect(client.fd));
  CAF_CHECK_EQUAL(name_of_peer(client.fd), "./@s");
}
