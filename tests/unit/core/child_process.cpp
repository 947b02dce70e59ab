#define CAF_SUITE child_process

#include "loop_fixture.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/child_process.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace caf::aiomas;
using namespace aiomas_test;

namespace {

/// What a child has printed, and how it has ended.
struct witness {
  void add(std::string_view line) {
    std::lock_guard guard{mtx};
    lines.emplace_back(line);
    if (lines.size() == 1)
      first.set_value(lines.front());
  }

  std::mutex mtx;
  std::vector<std::string> lines; // guarded by mtx
  std::promise<std::string> first;
  std::promise<detail::child_end> end;
};

std::string text_of(const detail::child_end& x) {
  if (x.exit_code)
    return "exit " + std::to_string(*x.exit_code);
  if (x.signal)
    return "signal " + std::to_string(*x.signal);
  return "unknown";
}

bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

/// Waits for something that nobody tells.
template <class F>
bool eventually(F f) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!f()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    ::usleep(1000);
  }
  return true;
}

struct fixture : loop_fixture {
  using result = outcome<std::shared_ptr<detail::child_process>>;

  result try_spawn(const detail::child_command& what) {
    detail::child_process::handlers to{
      [seen = seen](std::string_view line) { seen->add(line); },
      [seen = seen](const detail::child_end& how) {
        seen->end.set_value(how);
      }};
    return in_loop(
      [&] { return detail::child_process::spawn(*loop, what, to); });
  }

  void spawn(const detail::child_command& what) {
    auto started = try_spawn(what);
    if (!started)
      CAF_FAIL(to_string(started.error()));
    child = *started;
  }

  void spawn_shell(std::string script) {
    spawn({{"sh", "-c", std::move(script)}, {}, {}});
  }

  std::string end() {
    return text_of(result_of(seen->end));
  }

  std::string first_line() {
    return result_of(seen->first);
  }

  void signal(int number) {
    in_loop([&] {
      child->signal(number);
      return true;
    });
  }

  ~fixture() {
    if (child)
      in_loop([&] {
        child->abort();
        return true;
      });
  }

  std::shared_ptr<witness> seen = std::make_shared<witness>();
  std::shared_ptr<detail::child_process> child;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(child_process_tests, fixture)

CAF_TEST(lines and an exit code) {
  spawn_shell("echo one; echo; printf 'two\\r\\nrest'; exit 7");
  CAF_CHECK_EQUAL(end(), "exit 7");
  std::vector<std::string> expected{"one", "", "two\r", "rest"};
  CAF_CHECK(seen->lines == expected);
}

CAF_TEST(the end by a signal) {
  spawn_shell("kill -USR1 $$");
  CAF_CHECK_EQUAL(end(), "signal " + std::to_string(SIGUSR1));
}

CAF_TEST(signals reach the child) {
  spawn_shell("trap 'exit 3' TERM; echo up; while :; do sleep 0.01; done");
  CAF_CHECK_EQUAL(first_line(), "up");
  signal(SIGTERM);
  CAF_CHECK_EQUAL(end(), "exit 3");
  signal(SIGTERM); // nobody is there any more
}

CAF_TEST(signals reach a child that has left its group) {
  auto leave
    = "$| = 1; setpgrp(0, getpgrp(getppid())) or die; print qq(up\n);"
      " sleep 600";
  for (auto number : {SIGTERM, SIGKILL}) {
    seen = std::make_shared<witness>();
    spawn({{"perl", "-e", leave}, {}, {}});
    CAF_CHECK_EQUAL(first_line(), "up");
    signal(number);
    CAF_CHECK_EQUAL(end(), "signal " + std::to_string(number));
  }
}

CAF_TEST(long lines come in pieces) {
  spawn_shell("head -c 200000 /dev/zero | tr '\\0' x");
  CAF_CHECK_EQUAL(end(), "exit 0");
  size_t total = 0;
  for (auto& line : seen->lines) {
    CAF_CHECK(line.size() <= caf::aiomas::defaults::max_child_line + 4096);
    total += line.size();
  }
  CAF_CHECK_EQUAL(total, 200000u);
  CAF_CHECK(seen->lines.size() > 1);
}

CAF_TEST(what the child starts ends with it) {
  spawn_shell("sleep 1000 & echo $!; exit 0");
  auto grandchild = std::stoi(first_line());
  CAF_CHECK_EQUAL(end(), "exit 0");
  // Whoever adopts it waits for it; else it is a zombie, which is no process.
  CAF_CHECK(eventually([&] {
    auto path = "/proc/" + std::to_string(grandchild) + "/stat";
    auto file = std::fopen(path.c_str(), "r");
    if (file == nullptr)
      return true;
    char state = 0;
    auto n = std::fscanf(file, "%*d (%*[^)]) %c", &state);
    std::fclose(file);
    return n == 1 && state == 'Z';
  }));
}

CAF_TEST(the environment and the folder) {
  ::setenv("AIOMAS_TEST_KEPT", "kept", 1);
  ::setenv("AIOMAS_TEST_CHANGED", "before", 1);
  spawn({{"sh", "-c",
          "echo $AIOMAS_TEST_KEPT $AIOMAS_TEST_CHANGED $AIOMAS_TEST_NEW; pwd"},
         {{"AIOMAS_TEST_CHANGED", "after"}, {"AIOMAS_TEST_NEW", "x=y"}},
         "/"});
  CAF_CHECK_EQUAL(end(), "exit 0");
  std::vector<std::string> expected{"kept after x=y", "/"};
  CAF_CHECK(seen->lines == expected);
}

CAF_TEST(nothing of ours is inherited) {
  int fds[2];
  CAF_REQUIRE_EQUAL(::pipe(fds), 0); // not closed by itself
  auto number = std::to_string(fds[1]);
  spawn_shell("if [ -e /proc/self/fd/" + number
              + " ]; then echo inherited; fi; readlink /proc/self/fd/0; "
                "grep SigBlk /proc/self/status; grep SigIgn /proc/self/status");
  ::close(fds[0]);
  ::close(fds[1]);
  CAF_CHECK_EQUAL(end(), "exit 0");
  std::vector<std::string> expected{"/dev/null", "SigBlk:\t0000000000000000",
                                    "SigIgn:\t0000000000000000"};
  CAF_CHECK(seen->lines == expected);
}

CAF_TEST(programs that cannot be started) {
  auto text = [&](detail::child_command what) {
    auto started = try_spawn(what);
    return started ? std::string{"started"} : to_string(started.error());
  };
  CAF_CHECK_EQUAL(text({{"/no/such/program"}, {}, {}}),
                  "invalid_argument: Cannot start /no/such/program: No such "
                  "file or directory");
  CAF_CHECK_EQUAL(text({{"aiomas-no-such-program"}, {}, {}}),
                  "invalid_argument: Cannot start aiomas-no-such-program: No "
                  "such file or directory");
  CAF_CHECK_EQUAL(text({{"/etc/passwd"}, {}, {}}),
                  "invalid_argument: Cannot start /etc/passwd: Permission "
                  "denied");
  CAF_CHECK_EQUAL(text({{"sh"}, {}, "/no/such/folder"}),
                  "invalid_argument: Cannot start sh: No such file or "
                  "directory");
  for (auto& malformed : std::vector<detail::child_command>{
         {{}, {}, {}},
         {{""}, {}, {}},
         {{"sh", std::string{"a\0b", 3}}, {}, {}},
         {{"sh"}, {{"", "x"}}, {}},
         {{"sh"}, {{"a=b", "x"}}, {}},
         {{"sh"}, {}, std::string{"/\0", 2}}})
    CAF_CHECK(text(malformed).ends_with("Invalid argument"));
}

CAF_TEST(abort waits for the end) {
  spawn_shell("trap '' TERM; echo up; while :; do sleep 0.01; done");
  first_line();
  in_loop([&] {
    child->abort();
    return true;
  });
  CAF_CHECK(!is_alive(child->pid()));
  auto end = seen->end.get_future();
  CAF_CHECK(end.wait_for(std::chrono::seconds{0})
            == std::future_status::timeout);
}

CAF_TEST(the child does not survive the thread that has started it) {
  spawn_shell("echo up; while :; do sleep 0.01; done");
  first_line();
  auto status = std::make_shared<detail::io_loop>();
  status->start();
  auto other = in(*status, [&] {
    return detail::spawn_child({{"sleep", "1000"}, {}, {}});
  });
  CAF_REQUIRE(other);
  CAF_CHECK(is_alive(other->pid));
  status->stop();
  auto code = 0;
  CAF_CHECK_EQUAL(::waitpid(other->pid, &code, 0), other->pid);
  CAF_CHECK(WIFSIGNALED(code) && WTERMSIG(code) == SIGKILL);
}

CAF_TEST_FIXTURE_SCOPE_END()
