#pragma once

/// Names that only the test knows. To be included after CAF_SUITE is defined.

#include "caf/test/dsl.hpp"

#include "caf/aiomas/detail/look_up.hpp"

#include <asio/error.hpp>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace aiomas_test {

/// What all look-ups of the process go by as long as this lives.
/// In the end, no look-up is slow any more. Tests that abandon one need a name
/// of their own: whoever asked for it next could still share its result.
class name_table {
public:
  name_table() {
    auto& s = shared();
    std::lock_guard guard{s.mtx};
    s.addresses.clear();
    s.slow.clear();
    s.asked.clear();
    before_ = caf::aiomas::detail::use_resolver(answer);
  }

  name_table(const name_table&) = delete;
  name_table& operator=(const name_table&) = delete;

  ~name_table() {
    caf::aiomas::detail::use_resolver(before_);
    auto& s = shared();
    std::unique_lock guard{s.mtx};
    s.slow.clear();
    s.changed.notify_all();
    s.changed.wait(guard, [&s] { return s.answering == 0; });
  }

  /// Gives a name its addresses.
  void add(const std::string& name, std::vector<const char*> addresses) {
    std::lock_guard guard{shared().mtx};
    auto& known = shared().addresses[name];
    for (auto text : addresses)
      known.push_back(asio::ip::make_address(text));
  }

  /// Has look-ups of `name` take until `release`.
  void block(const std::string& name) {
    std::lock_guard guard{shared().mtx};
    shared().slow.insert(name);
  }

  void release(const std::string& name) {
    std::lock_guard guard{shared().mtx};
    shared().slow.erase(name);
    shared().changed.notify_all();
  }

  /// How often `name` was looked up so far.
  size_t asked(const std::string& name) const {
    std::lock_guard guard{shared().mtx};
    return shared().asked[name];
  }

  /// Waits until `name` has been looked up `n` times.
  void wait_asked(const std::string& name, size_t n = 1) const {
    auto& s = shared();
    std::unique_lock guard{s.mtx};
    if (!s.changed.wait_for(guard, std::chrono::seconds{30},
                            [&] { return s.asked[name] >= n; }))
      CAF_FAIL("nobody wants " << name);
  }

private:
  struct state {
    std::mutex mtx;
    std::condition_variable changed;
    std::map<std::string, std::vector<asio::ip::address>> addresses;
    std::set<std::string> slow;
    std::map<std::string, size_t> asked;
    size_t answering = 0;
  };

  /// Never destroyed, as look-ups may outlive everything.
  static state& shared() {
    static auto& instance = *new state;
    return instance;
  }

  static caf::aiomas::detail::host_entry answer(const std::string& name) {
    auto& s = shared();
    std::unique_lock guard{s.mtx};
    ++s.answering;
    ++s.asked[name];
    s.changed.notify_all();
    s.changed.wait(guard, [&] { return s.slow.count(name) == 0; });
    --s.answering;
    s.changed.notify_all();
    if (auto i = s.addresses.find(name); i != s.addresses.end())
      return {{}, i->second, name};
    return {asio::error::host_not_found, {}, {}};
  }

  caf::aiomas::detail::resolver before_;
};

} // namespace aiomas_test
