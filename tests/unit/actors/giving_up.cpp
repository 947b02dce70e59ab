#define CAF_SUITE giving_up

#include "container_fixture.hpp"

#include "caf/aiomas/reply.hpp"
#include "caf/aiomas/run.hpp"
#include "caf/aiomas/when.hpp"

#include <string>

namespace {

using typed_silent = typed_actor<replies_to<int>::with<int>>;

typed_silent::behavior_type silent(typed_silent::pointer self) {
  auto owed = std::make_shared<std::vector<typed_response_promise<int>>>();
  return {[=](int) {
    owed->push_back(self->make_response_promise<int>());
    return owed->back();
  }};
}

class impatient : public agent {
public:
  impatient(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("never", [this] {
      owed_.push_back(make_promise());
      return owed_.back();
    });
  }

  /// Whether waiting for `what` is given up after a while.
  template <class T>
  static task<bool> times_out(T what) {
    try {
      co_await with_timeout(std::move(what), 1ms);
    } catch (const timeout_error&) {
      co_return true;
    }
    co_return false;
  }

  task<bool> connecting(std::string url) {
    co_return co_await times_out(container().connect(url));
  }

  task<bool> calling(std::string url) {
    auto remote = co_await container().connect(url);
    co_return co_await times_out(remote.call("never"));
  }

  task<bool> receiving(channel ch) {
    co_return co_await times_out(ch.recv());
  }

  task<bool> opening(aiomas::address where) {
    co_return co_await times_out(
      channel::open_connection(home_system(), where));
  }

  task<bool> requesting() {
    auto who = home_system().spawn(silent);
    auto result = co_await times_out(reply(request(who, infinite, 1)));
    anon_send_exit(who, exit_reason::user_shutdown);
    co_return result;
  }

  task<bool> starting(agent_handle<impatient> other, std::string url) {
    co_return co_await times_out(
      start(other, &impatient::calling_for_ever, url));
  }

  task<void> calling_for_ever(std::string url) {
    auto remote = co_await container().connect(url);
    co_await remote.call("never");
  }

  /// Several at once, inside of each other.
  task<bool> nested(std::string url, channel ch) {
    auto remote = co_await container().connect(url);
    co_return co_await times_out(
      when_all(when_any(remote.call("never"), ch.recv()),
               with_timeout(remote.call("never"), std::chrono::hours{1})));
  }

  /// Everything that a container does, awaited.
  task<std::string> whole_life(std::string url) {
    auto c = co_await aiomas::container::create_async(home_system(), any_port);
    auto remote = co_await c.connect(url);
    auto result = to_string(remote);
    co_await c.shutdown_async();
    co_return result;
  }

  task<int> echo(channel ch, int x) {
    auto answer = co_await ch.send(x);
    co_return must(from_value<int>(answer));
  }

  task<value> answer_one(channel ch) {
    auto what = co_await ch.recv();
    what.reply(what.content());
    co_return what.content();
  }

private:
  std::vector<promise<>> owed_;
};

struct fixture : container_fixture {
  container near = make_container();
  container far = make_container();
  agent_handle<impatient> subject = near.spawn<impatient>();
  agent_handle<impatient> other = far.spawn<impatient>();
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(giving_up_tests, fixture)

CAF_TEST(connects) {
  full_port nobody;
  auto url = to_string(nobody.where()) + "/0";
  CAF_CHECK(run(subject, &impatient::connecting, url).value());
  CAF_CHECK(run(subject, &impatient::opening, nobody.where()).value());
}

CAF_TEST(calls) {
  CAF_CHECK(run(subject, &impatient::calling, other.addr()).value());
  CAF_CHECK(run(subject, &impatient::calling, subject.addr()).value());
}

CAF_TEST(requests) {
  CAF_CHECK(run(subject, &impatient::requesting).value());
}

CAF_TEST(tasks of other agents) {
  CAF_CHECK(run(subject, &impatient::starting, other, subject.addr()).value());
}

CAF_TEST(receiving loses nothing) {
  auto ends = connect_channels();
  CAF_CHECK(run(subject, &impatient::receiving, ends.server).value());
  auto echo = begin(start(subject, &impatient::echo, ends.client, 7));
  auto got = must(start(other, &impatient::answer_one, ends.server));
  CAF_CHECK_EQUAL(got, value{7});
  CAF_CHECK_EQUAL(must(echo.get()), 7);
}

CAF_TEST(several inside of each other) {
  auto ends = connect_channels();
  CAF_CHECK(
    run(subject, &impatient::nested, other.addr(), ends.server).value());
}

CAF_TEST(containers) {
  auto text = run(subject, &impatient::whole_life, other.addr()).value();
  CAF_CHECK_EQUAL(text, "impatientProxy('" + other.addr() + "')");
}

CAF_TEST(agents that end while they wait for anything) {
  auto ends = connect_channels();
  full_port nobody;
  auto url = to_string(nobody.where()) + "/0";
  auto patient = near.spawn<impatient>();
  auto receives = begin(start(patient, &impatient::answer_one, ends.server));
  auto calls
    = begin(start(patient, &impatient::calling_for_ever, other.addr()));
  auto connects = begin(start(patient, &impatient::calling_for_ever, url));
  auto waits = begin(start(
    subject,
    [](impatient*, agent_handle<impatient> who, std::string to) -> task<void> {
      co_await start(who, &impatient::calling_for_ever, to);
    },
    patient, other.addr()));
  anon_send_exit(patient.as_actor(), exit_reason::kill);
  CAF_CHECK_EQUAL(code_of(failure(receives.get())), errc::shut_down);
  CAF_CHECK_EQUAL(code_of(failure(calls.get())), errc::shut_down);
  CAF_CHECK_EQUAL(code_of(failure(connects.get())), errc::shut_down);
  CAF_CHECK_EQUAL(code_of(failure(waits.get())), errc::shut_down);
}

CAF_TEST_FIXTURE_SCOPE_END()
