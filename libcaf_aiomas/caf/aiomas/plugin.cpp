#include "caf/aiomas/plugin.hpp"

#include "caf/aiomas/detail/agent_types.hpp"
#include "caf/aiomas/detail/library_file.hpp"
#include "caf/aiomas/error.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace caf::aiomas {

namespace {

/// What a process ends with whose plug-in throws.
constexpr int failed_while_loading = 2;

/// Which file the calling thread loads.
thread_local const char* loading = nullptr;

std::terminate_handler terminate_before = nullptr; // guarded by `one_at_a_time`

std::mutex& one_at_a_time() {
  static auto& result = *new std::mutex;
  return result;
}

void say(const char* text) {
  // Nothing can be done if that fails.
  [[maybe_unused]] auto written
    = ::write(STDERR_FILENO, text, std::strlen(text));
}

void say_what_was_thrown() {
  try {
    if (auto what = std::current_exception())
      std::rethrow_exception(what);
    say("something went wrong");
  } catch (const std::exception& ex) {
    say(ex.what());
  } catch (...) {
    say("an exception of unknown type");
  }
}

[[noreturn]] void end_process() {
  say("aiomas: the plug-in ");
  say(loading);
  say(" failed while it was loaded: ");
  say_what_was_thrown();
  say("\n");
  ::_exit(failed_while_loading);
}

/// Exceptions do not get through the dynamic loader.
void terminate_while_loading() {
  if (loading != nullptr)
    end_process();
  if (terminate_before != nullptr)
    terminate_before();
  std::abort();
}

/// Attributes all that happens in this thread to a plug-in.
class loading_guard {
public:
  loading_guard(const char* path, detail::plugin_content& content) noexcept {
    loading = path;
    detail::agent_types::note_in(&content);
    terminate_before = std::set_terminate(terminate_while_loading);
  }

  loading_guard(const loading_guard&) = delete;
  loading_guard& operator=(const loading_guard&) = delete;

  ~loading_guard() {
    std::set_terminate(terminate_before);
    detail::agent_types::note_in(nullptr);
    loading = nullptr;
  }
};

void* open_library(const char* path) {
  try {
    return ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  } catch (...) { // some loaders do let them through, but hold their locks
    end_process();
  }
}

/// Whether the file has been loaded, maybe since another library needs it.
bool is_loaded(const char* path) {
  auto library = ::dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  return library != nullptr && ::dlclose(library) == 0;
}

error refuse(std::string why) {
  return make_error(errc::invalid_argument, std::move(why));
}

error cannot_load(const std::string& path, const std::string& why) {
  return refuse("Cannot load the plug-in " + path + ": " + why);
}

std::string complaints_in(const detail::plugin_content& content) {
  std::string result;
  for (auto& what : content.complaints)
    result.append(result.empty() ? "" : "; ").append(what);
  return result;
}

} // namespace

expected<size_t> load_plugin(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos)
    return refuse("A plug-in needs the path of a file");
  // Without a slash, the loader would look elsewhere.
  auto file = path.find('/') == std::string::npos ? "./" + path : path;
  if (auto good = detail::check_library_file(file); !good)
    return cannot_load(path, good.error().text);
  static auto& refused = *new std::set<void*>; // guarded by `one_at_a_time`
  detail::plugin_content content;
  std::lock_guard guard{one_at_a_time()};
  auto was_there = is_loaded(file.c_str());
  void* library = nullptr;
  {
    loading_guard noted{file.c_str(), content};
    library = open_library(file.c_str());
  }
  if (library == nullptr) {
    auto why = ::dlerror();
    return cannot_load(path, why != nullptr ? why : "unknown reason");
  }
  if (was_there && !refused.contains(library))
    return size_t{0};
  if (content.registered == 0 || !content.complaints.empty())
    refused.insert(library);
  if (!content.complaints.empty())
    return refuse("The plug-in " + path
                  + " cannot be used: " + complaints_in(content));
  if (content.registered == 0)
    return refuse("The plug-in " + path
                  + " registers no agents: it has none, or it uses another "
                    "copy of this library");
  return content.registered;
}

expected<size_t> load_plugins_in(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  std::error_code ec;
  fs::directory_iterator i{folder, ec};
  for (; !ec && i != fs::directory_iterator{}; i.increment(ec))
    if (i->path().extension() == ".so")
      paths.push_back(i->path().string());
  if (ec)
    return refuse("Cannot read the folder " + folder + ": " + ec.message());
  if (paths.empty())
    return refuse("There are no plug-ins (*.so) in the folder " + folder);
  std::sort(paths.begin(), paths.end());
  size_t result = 0;
  for (auto& path : paths) {
    auto count = load_plugin(path);
    if (!count)
      return std::move(count.error());
    result += *count;
  }
  return result;
}

} // namespace caf::aiomas
