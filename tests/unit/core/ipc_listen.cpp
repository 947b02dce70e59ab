#define CAF_SUITE ipc_listen

#include "ipc_fixture.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <string>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

struct fixture : ipc_fixture {
  mode_t mode() const {
    return look_at(where.path()).st_mode & 07777;
  }
};

/// The working directory as long as it lives.
class working_folder {
public:
  explicit working_folder(const std::string& path)
    : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }

  ~working_folder() {
    std::filesystem::current_path(before_);
  }

private:
  std::filesystem::path before_;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ipc_listen_tests, fixture)

// -- the file -----------------------------------------------------------------

CAF_TEST(a file that is removed at the end) {
  CAF_REQUIRE_EQUAL(listen(), "listening");
  CAF_CHECK(listener->where() == where);
  CAF_CHECK(S_ISSOCK(look_at(where.path()).st_mode));
  CAF_CHECK(answers());
  close();
  CAF_CHECK(!exists(where.path()));
  CAF_CHECK_EQUAL(residents(), 0u);
  close();
}

CAF_TEST(a loop that ends removes the file) {
  CAF_REQUIRE_EQUAL(listen(), "listening");
  loop->stop();
  CAF_CHECK(!exists(where.path()));
}

CAF_TEST(a file of a server that has died) {
  leave_socket(where.path());
  CAF_CHECK(!answers());
  CAF_REQUIRE_EQUAL(listen(), "listening");
  CAF_CHECK(answers());
}

CAF_TEST(a server that lives) {
  raw_unix_socket other;
  other.bind(where.path());
  other.listen();
  auto before = look_at(where.path()).st_ino;
  CAF_CHECK_EQUAL(listen(), failure("Address already in use"));
  CAF_CHECK_EQUAL(look_at(where.path()).st_ino, before);
  CAF_CHECK(answers());
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(a server that lives without room) {
  full_unix_server other{where.path()};
  CAF_CHECK_EQUAL(listen(), failure("Address already in use"));
  CAF_CHECK(exists(where.path()));
}

CAF_TEST(a server of our own that lives) {
  CAF_REQUIRE_EQUAL(listen(), "listening");
  admits = false; // the second one tries to connect
  auto first = listener;
  CAF_CHECK_EQUAL(listen(), failure("Address already in use"));
  CAF_CHECK(answers());
  close();
  CAF_CHECK(!exists(where.path()));
}

CAF_TEST(files of other kinds) {
  write_file(where.path());
  auto taken = failure("the file exists and is not a socket");
  CAF_CHECK_EQUAL(listen(), taken);
  CAF_CHECK_EQUAL(look_at(where.path()).st_size, 4);
  CAF_MESSAGE("a link, even to a socket that was left behind");
  std::filesystem::remove(where.path());
  leave_socket(folder / "target");
  std::filesystem::create_symlink(folder / "target", where.path());
  CAF_CHECK_EQUAL(listen(), taken);
  CAF_CHECK(exists(folder / "target"));
  CAF_MESSAGE("a folder");
  std::filesystem::remove(where.path());
  std::filesystem::create_directory(where.path());
  CAF_CHECK_EQUAL(listen(), taken);
}

CAF_TEST(a file that others have replaced stays) {
  CAF_REQUIRE_EQUAL(listen(), "listening");
  raw_unix_socket other;
  other.bind(folder / "t");
  other.listen();
  std::filesystem::rename(folder / "t", where.path());
  close();
  CAF_CHECK(answers());
  std::filesystem::remove(where.path());
}

CAF_TEST(a file that others have removed) {
  CAF_REQUIRE_EQUAL(listen(), "listening");
  std::filesystem::remove(where.path());
  write_file(where.path());
  close();
  CAF_CHECK_EQUAL(look_at(where.path()).st_size, 4);
}

CAF_TEST(a folder that was renamed) {
  std::filesystem::create_directory(folder / "a");
  CAF_REQUIRE_EQUAL(listen_on(ipc(folder / "a/s")), "listening");
  std::filesystem::rename(folder / "a", folder / "b");
  close();
  CAF_CHECK(!exists(folder / "b/s"));
}

// -- permissions --------------------------------------------------------------

CAF_TEST(only the owner may connect) {
  umask_guard none{0};
  CAF_REQUIRE_EQUAL(listen(), "listening");
  CAF_CHECK_EQUAL(mode(), 0600u);
}

CAF_TEST(others may connect) {
  umask_guard strict{077};
  settings.ipc_permissions = 0666;
  CAF_REQUIRE_EQUAL(listen(), "listening");
  CAF_CHECK_EQUAL(mode(), 0666u);
}

CAF_TEST(permissions that a file has from the beginning) {
  CAF_MESSAGE("what a socket has, its file gets");
  umask_guard none{0};
  auto fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  CAF_CHECK_EQUAL(::fchmod(fd, 0600), 0);
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  where.path().copy(name.sun_path, sizeof name.sun_path - 1);
  CAF_CHECK_EQUAL(::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name),
                  0);
  CAF_CHECK_EQUAL(mode(), 0600u);
  ::close(fd);
}

CAF_TEST(permissions that are none) {
  settings.ipc_permissions = 01777;
  CAF_CHECK_EQUAL(listen(), "invalid_argument: Cannot listen on "
                              + to_string(where)
                              + ": the permissions must be from 0 to 0777");
  CAF_CHECK(!exists(where.path()));
}

// -- names --------------------------------------------------------------------

CAF_TEST(abstract names) {
  CAF_REQUIRE_EQUAL(listen_on(ipc("@" + (folder / "s"))), "listening");
  CAF_CHECK(!exists(folder / "s"));
  auto first = listener;
  CAF_CHECK_EQUAL(listen(), failure("Address already in use"));
  close();
  CAF_CHECK_EQUAL(listen(), "listening");
}

CAF_TEST(relative paths) {
  working_folder here{folder.path()};
  CAF_REQUIRE_EQUAL(listen_on(ipc("s")), "listening");
  CAF_CHECK_EQUAL(to_string(listener->where()), "ipc://[s]");
  CAF_CHECK(exists(folder / "s"));
  {
    CAF_MESSAGE("which a change of the working directory does not mix up");
    working_folder elsewhere{"/"};
    close();
  }
  CAF_CHECK(!exists(folder / "s"));
  CAF_REQUIRE_EQUAL(listen_on(ipc("./@s")), "listening");
  CAF_CHECK(exists(folder / "@s"));
}

CAF_TEST(names that cannot be) {
  CAF_CHECK_EQUAL(listen_on(ipc("")), failure("the path is empty"));
  auto longest = folder / std::string(106 - folder.path().size(), 'x');
  CAF_CHECK_EQUAL(listen_on(ipc(longest)), "listening");
  CAF_CHECK_EQUAL(listen_on(ipc(longest + "x")),
                  failure("the path has 108 bytes, but names of Unix sockets "
                          "have at most 107"));
  for (auto name : {"", ".", ".."})
    CAF_CHECK_EQUAL(listen_on(ipc(folder / name)),
                    failure("the path is a directory's"));
  CAF_CHECK_EQUAL(listen_on(ipc(folder / "no/s")),
                  failure("No such file or directory"));
  write_file(folder / "f");
  CAF_CHECK_EQUAL(listen_on(ipc(folder / "f/s")), failure("Not a directory"));
}

// -- servers that start together ----------------------------------------------

CAF_TEST(another server is just starting) {
  folder_lock other{folder};
  start();
  CAF_CHECK_EQUAL(residents(), 1u);
  CAF_CHECK(!exists(where.path()));
  other.release();
  CAF_CHECK_EQUAL(ending(), "listening");
  CAF_MESSAGE("the lock is not kept");
  folder_lock next{folder};
}

CAF_TEST(a folder that stays locked) {
  folder_lock other{folder};
  CAF_CHECK_EQUAL(listen(),
                  failure("another process keeps the directory locked"));
  CAF_CHECK_EQUAL(residents(), 0u);
  CAF_CHECK(!exists(where.path()));
}

CAF_TEST(a loop that ends while the folder is locked) {
  folder_lock other{folder};
  start();
  loop->stop();
  CAF_CHECK_EQUAL(ending(), "shut_down: Cannot listen on " + to_string(where)
                              + ": shut down");
}

CAF_TEST(a loop that has ended) {
  loop->stop();
  loop->post([this] {
    detail::listen(*loop, where, settings, [this](outcome<listener_ptr> what) {
      bound.set_value(to_string(what.error()));
    });
  });
  CAF_CHECK_EQUAL(ending(), "shut_down: Cannot listen on " + to_string(where)
                              + ": shut down");
  CAF_CHECK(!exists(where.path()));
}

CAF_TEST(one of several servers replaces a file) {
  auto taken = failure("Address already in use");
  for (auto i = 0; i < 30; ++i) {
    leave_socket(where.path());
    std::vector<std::unique_ptr<ipc_fixture>> all;
    for (auto n = 0; n < 4; ++n) {
      all.push_back(std::make_unique<ipc_fixture>());
      all.back()->where = where;
      all.back()->admits = false; // all try to connect
    }
    for (auto& one : all)
      one->loop->post([&one] {
        detail::listen(
          *one->loop, one->where, {}, [&one](outcome<listener_ptr> what) {
            if (what)
              one->serve(std::move(*what));
            one->bound.set_value(what ? "listening" : to_string(what.error()));
          });
      });
    auto listening = 0;
    for (auto& one : all) {
      auto how = one->ending();
      listening += how == "listening" ? 1 : 0;
      CAF_CHECK(how == "listening" || how == taken);
    }
    CAF_CHECK_EQUAL(listening, 1);
    CAF_CHECK(answers());
    all.clear();
    CAF_CHECK(!exists(where.path()));
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
