#define CAF_SUITE look_up

#include "caf/aiomas/detail/look_up.hpp"
#include "caf/aiomas/defaults.hpp"

#include "loop_fixture.hpp"
#include "unit/name_table.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;

namespace {

/// A look-up under way.
struct question {
  std::shared_ptr<std::promise<host_entry>> answer
    = std::make_shared<std::promise<host_entry>>(); // set twice, it throws
  std::weak_ptr<io_loop::resident> handle;

  host_entry get() {
    return result_of(*answer);
  }
};

struct fixture : loop_fixture {
  name_table names;

  question ask(const std::string& host) {
    return in_loop([&] {
      question result;
      result.handle
        = look_up(*loop, host, [answer = result.answer](const host_entry& x) {
            answer->set_value(x);
          });
      return result;
    });
  }

  void give_up(const question& what) {
    in_loop([&] {
      if (auto ptr = what.handle.lock())
        ptr->abort();
      return true;
    });
  }

  /// Keeps all threads busy that there may be.
  std::vector<question> ask_slow_names(const std::string& prefix) {
    std::vector<question> result;
    for (size_t i = 0; i < defaults::max_look_ups; ++i) {
      auto name = prefix + std::to_string(i);
      names.block(name);
      result.push_back(ask(name));
      names.wait_asked(name);
    }
    return result;
  }
};

std::string text_of(const host_entry& x) {
  if (x.error)
    return x.error.message();
  auto result = x.canonical_name;
  for (auto& known : x.addresses)
    result += " " + known.to_string();
  return result;
}

const std::string aborted
  = std::error_code{asio::error::operation_aborted}.message();

} // namespace

CAF_TEST_FIXTURE_SCOPE(look_up_tests, fixture)

CAF_TEST(names in a table) {
  names.add("two", {"127.0.0.1", "::1"});
  CAF_CHECK_EQUAL(text_of(ask("two").get()), "two 127.0.0.1 ::1");
  CAF_CHECK_EQUAL(text_of(ask("none").get()),
                  std::error_code{asio::error::host_not_found}.message());
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(addresses need no look up) {
  auto busy = ask_slow_names("busy");
  for (std::string text : {"127.0.0.1", "::1", "fe80::1"}) {
    auto what = ask(text);
    CAF_CHECK(what.handle.expired());
    CAF_CHECK_EQUAL(text_of(what.get()), text + " " + text);
    CAF_CHECK_EQUAL(names.asked(text), 0u);
  }
}

CAF_TEST(a slow name delays no other) {
  names.block("slow");
  names.add("quick", {"127.0.0.1"});
  auto slow = ask("slow");
  names.wait_asked("slow");
  CAF_CHECK_EQUAL(text_of(ask("quick").get()), "quick 127.0.0.1");
  names.add("slow", {"127.0.0.2"});
  names.release("slow");
  CAF_CHECK_EQUAL(text_of(slow.get()), "slow 127.0.0.2");
}

CAF_TEST(a slow name does not delay the end of its loop) {
  names.block("endless");
  auto slow = ask("endless");
  names.wait_asked("endless");
  loop->stop();
  CAF_CHECK_EQUAL(text_of(slow.get()), aborted);
  CAF_CHECK(slow.handle.expired());
  CAF_MESSAGE("not even its memory");
  std::weak_ptr<io_loop> gone = loop;
  loop = std::make_shared<io_loop>();
  loop->start();
  CAF_CHECK(gone.expired());
}

CAF_TEST(giving up) {
  names.block("abandoned");
  auto slow = ask("abandoned");
  names.wait_asked("abandoned");
  give_up(slow);
  CAF_CHECK_EQUAL(text_of(slow.get()), aborted);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(those who want the same name share its look up) {
  names.block("slow");
  names.add("slow", {"127.0.0.1"});
  auto first = ask("slow");
  names.wait_asked("slow");
  auto second = ask("slow");
  auto third = ask("slow");
  give_up(third);
  names.release("slow");
  CAF_CHECK_EQUAL(text_of(first.get()), "slow 127.0.0.1");
  CAF_CHECK_EQUAL(text_of(second.get()), "slow 127.0.0.1");
  CAF_CHECK_EQUAL(text_of(third.get()), aborted);
  CAF_CHECK_EQUAL(names.asked("slow"), 1u);
  CAF_MESSAGE("later ones begin anew");
  ask("slow").get();
  CAF_CHECK_EQUAL(names.asked("slow"), 2u);
}

CAF_TEST(too many names at a time) {
  auto busy = ask_slow_names("slow");
  auto unwanted = ask("unwanted");
  auto next = ask("next");
  give_up(unwanted);
  CAF_CHECK_EQUAL(names.asked("next"), 0u);
  names.release("slow7");
  busy[7].get();
  next.get();
  CAF_CHECK_EQUAL(names.asked("next"), 1u);
  CAF_MESSAGE("nobody looks for what nobody wants");
  CAF_CHECK_EQUAL(names.asked("unwanted"), 0u);
}

CAF_TEST(what the system knows) {
  auto found = resolve("localhost");
  CAF_REQUIRE(!found.error);
  for (auto& known : found.addresses)
    CAF_CHECK(known.is_loopback());
  CAF_CHECK(!found.addresses.empty());
  CAF_CHECK(!found.canonical_name.empty());
  CAF_CHECK(!resolve("").addresses.empty());
  CAF_CHECK(resolve("nosuch.invalid").error);
}

CAF_TEST_FIXTURE_SCOPE_END()
