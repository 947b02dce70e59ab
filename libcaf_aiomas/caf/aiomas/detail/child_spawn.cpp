#include "caf/aiomas/detail/child_spawn.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <pthread.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace caf::aiomas::detail {

namespace {

// -- what the parent prepares -------------------------------------------------

struct pipe_ends {
  descriptor read;
  descriptor write;
};

/// The ends are none of the standard streams, even if those are closed.
std::optional<descriptor> above_standard(descriptor fd) {
  if (fd.get() > STDERR_FILENO)
    return fd;
  descriptor result{::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
  if (result.get() < 0)
    return std::nullopt;
  return result;
}

std::optional<pipe_ends> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0)
    return std::nullopt;
  descriptor read{fds[0]};
  descriptor write{fds[1]};
  auto higher_read = above_standard(std::move(read));
  auto higher_write = above_standard(std::move(write));
  if (!higher_read || !higher_write)
    return std::nullopt;
  return pipe_ends{*std::move(higher_read), *std::move(higher_write)};
}

/// Returns the path of a program, as a shell would find it.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return name;
  auto path = std::getenv("PATH");
  std::string_view rest{path != nullptr ? path : "/usr/bin:/bin"};
  while (!rest.empty()) {
    auto colon = std::min(rest.find(':'), rest.size());
    auto folder = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    auto candidate = (folder.empty() ? "." : std::string{folder}) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0)
      return candidate;
  }
  return name;
}

std::vector<std::string> environment_for(const child_command& what) {
  std::vector<std::string> result;
  for (auto entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    result.emplace_back(*entry);
  for (auto& [name, content] : what.environment) {
    std::erase_if(result, [prefix = name + "="](const std::string& x) {
      return x.starts_with(prefix);
    });
    result.push_back(name + "=" + content);
  }
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& xs) {
  std::vector<char*> result;
  for (auto& x : xs)
    result.push_back(x.data());
  result.push_back(nullptr);
  return result;
}

/// All that a child needs to know. It must not allocate memory: it shares ours.
struct child_plan {
  const char* program;
  const char* folder; // null: ours
  char* const* arguments;
  char* const* environment;
  int input;
  int output;
  int failure; // where it writes the error number if it cannot start
  pid_t parent;
};

// -- what the child does ------------------------------------------------------

void reset_signals() {
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  for (auto number = 1; number < NSIG; ++number)
    ::sigaction(number, &plain, nullptr); // some cannot be changed
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Sockets and files that others have opened without a thought of us.
void keep_no_descriptors() {
  constexpr auto first = static_cast<unsigned>(STDERR_FILENO + 1);
  constexpr auto close_on_exec = 1u << 2; // CLOSE_RANGE_CLOEXEC
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, first, ~0u, close_on_exec) == 0)
    return;
#endif
  struct rlimit limit = {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  constexpr rlim_t highest = 1 << 20;
  for (auto fd = first; fd < std::min(limit.rlim_cur, highest); ++fd)
    ::fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void give_up(const child_plan& plan) {
  auto code = errno;
  [[maybe_unused]] auto written = ::write(plan.failure, &code, sizeof code);
  ::_exit(127);
}

/// Becomes the program. Calls only what is safe in the child of a process with
/// several threads.
[[noreturn]] void become_program(const child_plan& plan) {
  ::setpgid(0, 0);
  // Told by the end of the thread that has started us.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent)
    ::_exit(127); // it has ended before
  if (::dup2(plan.input, STDIN_FILENO) < 0
      || ::dup2(plan.output, STDOUT_FILENO) < 0)
    give_up(plan);
  if (plan.folder != nullptr && ::chdir(plan.folder) != 0)
    give_up(plan);
  keep_no_descriptors();
  reset_signals();
  ::execve(plan.program, plan.arguments, plan.environment);
  give_up(plan);
}

// -- starting -----------------------------------------------------------------

/// Signals of ours must not run handlers in the child, which shares our memory
/// until it has become the program.
class signals_blocked {
public:
  signals_blocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }

  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

  ~signals_blocked() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t before_;
};

/// Not `fork`, which would copy the page tables of all our memory while the
/// loop stands still.
[[gnu::noinline]] pid_t start(const child_plan& plan) {
  signals_blocked guard;
  auto pid = ::vfork();
  if (pid == 0)
    become_program(plan);
  return pid;
}

/// Returns the error number that the child has left, or 0 if it has become the
/// program. Either has happened by now; others may hold the pipe open.
int failure_of(int from) {
#ifndef __SANITIZE_THREAD__ // which turns vfork into fork
  (void) ::fcntl(from, F_SETFL, O_NONBLOCK);
#endif
  auto code = 0;
  ssize_t n = 0;
  do {
    n = ::read(from, &code, sizeof code);
  } while (n < 0 && errno == EINTR);
  return n == sizeof code ? code : 0;
}

fault cannot_start(const child_command& what, int code) {
  return {errc::invalid_argument,
          "Cannot start " + (what.words.empty() ? "" : what.words.front())
            + ": " + std::generic_category().message(code)};
}

bool has_nul(const std::string& x) {
  return x.find('\0') != std::string::npos;
}

bool is_malformed(const child_command& what) {
  auto& words = what.words;
  auto& changes = what.environment;
  return words.empty() || words.front().empty() || has_nul(what.folder)
         || std::any_of(words.begin(), words.end(), has_nul)
         || std::any_of(changes.begin(), changes.end(), [](auto& x) {
              return x.first.empty() || x.first.find('=') != std::string::npos
                     || has_nul(x.first) || has_nul(x.second);
            });
}

int open_handle(pid_t pid) {
#ifdef SYS_pidfd_open
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
  errno = ENOSYS;
  return -1;
#endif
}

void discard(pid_t pid) {
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
    ;
}

} // namespace

outcome<spawned_child> spawn_child(const child_command& what) {
  if (is_malformed(what))
    return cannot_start(what, EINVAL);
  descriptor input{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  auto output = make_pipe();
  auto failure = make_pipe();
  if (input.get() < 0 || !output || !failure)
    return cannot_start(what, errno);
  auto higher_input = above_standard(std::move(input));
  if (!higher_input)
    return cannot_start(what, errno);
  auto program = find_program(what.words.front());
  auto words = what.words;
  auto environment = environment_for(what);
  auto arguments = pointers_to(words);
  auto variables = pointers_to(environment);
  auto pid = start({program.c_str(),
                    what.folder.empty() ? nullptr : what.folder.c_str(),
                    arguments.data(), variables.data(), higher_input->get(),
                    output->write.get(), failure->write.get(), ::getpid()});
  if (pid < 0)
    return cannot_start(what, errno);
  failure->write = descriptor{};
  if (auto code = failure_of(failure->read.get()); code != 0) {
    discard(pid);
    return cannot_start(what, code);
  }
  descriptor handle{open_handle(pid)};
  if (handle.get() < 0) {
    auto code = errno;
    discard(pid);
    return cannot_start(what, code);
  }
  return spawned_child{pid, std::move(handle), std::move(output->read)};
}

} // namespace caf::aiomas::detail
