#include "load_main.hpp"

#include "load_options.hpp"
#include "load_report.hpp"
#include "load_server.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>

#include <unistd.h>

namespace load {

namespace {

/// A folder for the file of a Unix socket, as long as this object lives.
class temporary_folder {
public:
  temporary_folder() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "load-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"cannot make a folder for a socket"};
    path_ = pattern;
  }

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path() const {
    return path_;
  }

private:
  std::filesystem::path path_;
};

/// Shows in a terminal how far a sweep is.
class progress {
public:
  explicit progress(size_t total)
    : total_(total), shown_(total > 1 && isatty(STDERR_FILENO)) {
    // nop
  }

  void begin(const plan& what) {
    ++done_;
    if (shown_)
      std::cerr << "\r\x1b[K[" << done_ << "/" << total_ << "] " << what.conns
                << "x" << what.depth << " " << what.payload_name << " "
                << what.codec << " " << what.transport << std::flush;
  }

  void end() {
    if (shown_)
      std::cerr << "\r\x1b[K" << std::flush;
  }

private:
  size_t total_;
  size_t done_ = 0;
  bool shown_;
};

/// What a server is started with. What it does anyway is left out, so that
/// servers without these options will do.
std::vector<std::string> server_arguments(const plan& how, const client& what,
                                          const std::string& folder) {
  std::vector<std::string> result{"--listen", "tcp://127.0.0.1:0"};
  auto add = [&result](const char* name, const std::string& x) {
    result.push_back(name);
    result.push_back(x);
  };
  if (how.transport == "ipc")
    result.back() = "ipc://[" + folder + "/socket]";
  if (what.codec.empty() && how.codec != "json")
    add("--codec", how.codec);
  if (how.agents > 8)
    add("--agents", std::to_string(how.agents));
  if (!how.dispatch.empty())
    add("--dispatch", how.dispatch);
  if (how.transport == "tls")
    add("--certs", how.certs);
  return result;
}

result measure(const plan& how, const settings& with, const client& what) {
  if (!with.url.empty())
    return what.run(how, with.url, -1);
  if (how.transport == "local") {
    reset_own_peak_memory();
    auto result = what.run(how, {}, -1);
    result.peak_memory = peak_memory(getpid());
    return result;
  }
  std::optional<temporary_folder> folder;
  if (how.transport == "ipc")
    folder.emplace();
  auto arguments
    = server_arguments(how, what, folder ? folder->path() : std::string{});
  server_process server{with.server, arguments};
  auto result = what.run(how, server.url(), server.pid());
  result.peak_memory = peak_memory(server.pid());
  return result;
}

} // namespace

int run_client(int argc, char** argv, const client& what) {
  auto with = parse_options(argc, argv, what);
  if (with.exit_code >= 0)
    return with.exit_code;
  progress shown{with.plans.size()};
  auto failed = false;
  auto first = true;
  for (auto& how : with.plans) {
    shown.begin(how);
    result got;
    try {
      got = measure(how, with, what);
    } catch (const std::exception& err) {
      shown.end();
      std::cerr << err.what() << '\n';
      return 1;
    }
    shown.end();
    if (first && !with.as_json)
      std::cout << table_head() << '\n';
    first = false;
    std::cout << (with.as_json ? to_json(how, got) : to_row(how, got))
              << std::endl;
    if (got.errors > 0)
      std::cerr << "first error: " << got.first_error << '\n';
    failed = failed || got.errors > 0 || got.calls == 0;
  }
  return failed ? 1 : 0;
}

} // namespace load
