#pragma once

#include "interop_arguments.hpp"

#include "caf/aiomas/all.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace interop {

using namespace caf;
using namespace std::literals;

using aiomas::describe;

/// How long any one thing may take.
constexpr auto limit = 5s;

/// What is wrong; empty if nothing is.
using verdict = std::string;

/// What checks work with: our own container, and the agents of the other one.
struct context {
  actor_system& sys;
  arguments args; // where the other one is
  aiomas::container home = {};
  aiomas::proxy remote = {}; // of agent 0
  int addresses = 0;
  bool ok = true;

  std::string url_of(int aid) const {
    return args.url + std::to_string(aid);
  }

  /// Where one more container of ours can listen that is to reach theirs.
  aiomas::address new_address() {
    if (!args.is_ipc())
      return {"127.0.0.1", 0};
    auto path = args.where.path() + ".client" + std::to_string(addresses++);
    return aiomas::address::make(aiomas::address::transport::ipc, path);
  }

  /// Runs a check, a function that returns a verdict, and prints the outcome.
  template <class F>
  void check(std::string_view name, F f) {
    verdict why;
    try {
      why = f();
    } catch (std::exception& err) {
      why = "exception: "s + err.what();
    }
    if (why.empty()) {
      std::cout << "OK " << name << std::endl;
    } else {
      std::cout << "FAIL " << name << ": " << why << std::endl;
      ok = false;
    }
  }
};

// -- verdicts -----------------------------------------------------------------

inline verdict holds(bool what, std::string why) {
  return what ? verdict{} : std::move(why);
}

/// The first verdict that is not empty. They come about in no order.
template <class... Ts>
verdict all(Ts... xs) {
  verdict result;
  ((result.empty() ? void(result = std::move(xs)) : void()), ...);
  return result;
}

inline verdict equals(const aiomas::value& got, const aiomas::value& want) {
  if (got == want)
    return {}; // without the text, which may be long
  return "got " + to_string(got) + " of type " + aiomas::python_type_name(got)
         + ", not " + to_string(want);
}

template <class T>
verdict equals(const expected<T>& got, const aiomas::value& want) {
  if (!got)
    return describe(got.error());
  return equals(aiomas::to_value(*got), want);
}

inline verdict contains(std::string_view text, std::string_view part) {
  return holds(text.find(part) != std::string_view::npos,
               "no '" + std::string{part} + "' in: " + std::string{text});
}

inline verdict fails(const error& got, aiomas::errc code,
                     std::string_view part = {}) {
  return all(holds(aiomas::code_of(got) == code,
                   "got '" + describe(got) + "' instead of " + to_string(code)),
             contains(aiomas::text_of(got), part));
}

template <class T>
verdict fails(const expected<T>& got, aiomas::errc code,
              std::string_view part = {}) {
  return got ? "did not fail"s : fails(got.error(), code, part);
}

inline std::string last_line(std::string_view text) {
  while (text.ends_with('\n'))
    text.remove_suffix(1);
  return std::string{text.substr(text.rfind('\n') + 1)};
}

/// The peer raised an exception, and `line` begins the traceback's last line.
inline verdict raises(const error& got, std::string_view line) {
  auto last = last_line(aiomas::text_of(got));
  return all(fails(got, aiomas::errc::remote_exception),
             holds(last.starts_with(line), "last line: " + last));
}

template <class T>
verdict raises(const expected<T>& got, std::string_view line) {
  return got ? "did not fail"s : raises(got.error(), line);
}

// -- inside of agents ---------------------------------------------------------

/// Ends a check in an agent. Only the first call counts.
class finish {
public:
  void operator()(verdict why) const {
    if (!std::exchange(state_->done, true))
      state_->result.set_value(std::move(why));
  }

  /// Ends the check with what `describe` says.
  auto on_error() const {
    return [done = *this](const error& what) { done(describe(what)); };
  }

  /// Waits until the agent is done.
  verdict wait() const {
    auto result = state_->result.get_future();
    if (result.wait_for(limit) != std::future_status::ready)
      return "took too long";
    return result.get();
  }

private:
  struct state {
    std::promise<verdict> result;
    bool done = false; // for the agent
  };

  std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// Runs a check in an agent of its own. `f` takes the agent and a `finish`.
template <class F>
verdict in_agent(context& ctx, F f) {
  finish done;
  auto driver = ctx.home.spawn(
    "Driver", [f, done](aiomas::agent_ptr self) -> aiomas::agent_behavior {
      f(self, done);
      return {};
    });
  auto result = done.wait();
  anon_send_exit(driver.as_actor(), exit_reason::user_shutdown);
  return result;
}

} // namespace interop
