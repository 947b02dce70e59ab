#include "load_server.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace load {

namespace {

// A hundred thousand agents take their time.
constexpr int start_timeout_ms = 60'000;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// Runs in the child: only async-signal-safe calls.
[[noreturn]] void become(char* const* command, int output) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  dup2(output, STDOUT_FILENO);
  execvp(command[0], command);
  _exit(127);
}

std::vector<std::string> words_of(const std::string& command) {
  if (std::filesystem::exists(command))
    return {command};
  std::istringstream in{command};
  return {std::istream_iterator<std::string>{in}, {}};
}

/// Reads a line, or what there is when the child ends or takes too long.
std::string read_line(int from) {
  std::string line;
  char c = 0;
  pollfd ready{from, POLLIN, 0};
  while (poll(&ready, 1, start_timeout_ms) == 1 && read(from, &c, 1) == 1) {
    if (c == '\n')
      return line;
    line += c;
  }
  return line;
}

std::filesystem::path own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

void end(pid_t pid) {
  kill(pid, SIGTERM);
  while (waitpid(pid, nullptr, 0) == -1 && errno == EINTR)
    continue;
}

} // namespace

server_process::server_process(const std::string& command,
                               std::vector<std::string> arguments) {
  auto words = words_of(command);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& x : words)
    pointers.push_back(x.data());
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    fail("pipe");
  pid_ = fork();
  if (pid_ == -1)
    fail("fork");
  if (pid_ == 0)
    become(pointers.data(), ends[1]);
  close(ends[1]);
  auto line = read_line(ends[0]);
  close(ends[0]);
  constexpr std::string_view ready = "READY ";
  if (!line.starts_with(ready)) {
    end(pid_);
    throw std::runtime_error{command + " did not start: " + line};
  }
  url_ = line.substr(ready.size());
}

server_process::~server_process() {
  end(pid_);
}

std::string server_process::beside(const std::string& name) {
  return own_folder() / name;
}

std::string server_process::default_program() {
  auto folder = own_folder();
  if (folder.filename() == "peers")
    folder = folder.parent_path();
  return folder.parent_path() / "examples" / "echo_server";
}

} // namespace load
