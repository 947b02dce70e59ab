#define CAF_SUITE connect_deadlines

#include "container_fixture.hpp"
#include "residents.hpp"
#include "unit/name_table.hpp"

namespace {

options for_ever() {
  options result;
  result.connect_timeout = options::forever;
  return result;
}

struct fixture : container_fixture {
  size_t residents() {
    return residents_of(sys);
  }

  container make_patient_container() {
    return make_container(any_port, for_ever());
  }

  static std::string url_at(const address& where) {
    return to_string(where) + "/0";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(connect_deadline_tests, fixture)

// -- channels and RPC connections ---------------------------------------------

CAF_TEST(channels whose deadline passes) {
  CAF_MESSAGE("in a pause between two attempts");
  reserved_port nobody;
  auto what = failure(
    channel::open_connection(sys, nobody.where(), for_ever()).get(1ms));
  CAF_CHECK_EQUAL(code_of(what), errc::timeout);
  CAF_CHECK_EQUAL(residents(), 0u);
  CAF_MESSAGE("in an attempt");
  full_port silent;
  what = failure(
    channel::open_connection(sys, silent.where(), for_ever()).get(1ms));
  CAF_CHECK_EQUAL(code_of(what), errc::timeout);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(RPC connections whose deadline passes) {
  reserved_port nobody;
  auto what = failure(
    rpc::open_connection(sys, nobody.where(), {}, for_ever()).get(1ms));
  CAF_CHECK_EQUAL(code_of(what), errc::timeout);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(deadlines in actors) {
  reserved_port nobody;
  later<expected<channel>> result;
  run_in_actor([&](event_based_actor* self) {
    auto attempt = channel::open_connection(sys, nobody.where(), for_ever());
    pass_on(self, std::move(attempt).timeout(1ms), result);
  });
  CAF_CHECK_EQUAL(code_of(result.get().error()), errc::timeout);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(nobody connects after the deadline) {
  reserved_port port;
  failure(channel::open_connection(sys, port.where(), for_ever()).get(1ms));
  channel_server srv{sys, port.where()};
  auto client = must(channel::open_connection(sys, port.where(), for_ever()));
  auto far = srv.next();
  CAF_CHECK_EQUAL(srv.accepted(), 1u);
  CAF_MESSAGE("the server, and both ends");
  CAF_CHECK_EQUAL(residents(), 3u);
}

// -- containers ---------------------------------------------------------------

CAF_TEST(a connect of a container whose deadline passes) {
  auto near = make_patient_container();
  auto before = residents();
  reserved_port nobody;
  auto url = url_at(nobody.where());
  for (auto i = 0; i < 3; ++i) {
    CAF_CHECK_EQUAL(code_of(failure(near.connect(url).get(1ms))),
                    errc::timeout);
    CAF_CHECK_EQUAL(residents(), before);
  }
  CAF_MESSAGE("later ones begin anew");
  auto next = begin(near.connect(url));
  auto far = make_container(nobody.where());
  far.spawn<echo_agent>();
  auto remote = next.get();
  if (!remote) {
    // It was faster than the agent.
    CAF_CHECK_EQUAL(code_of(remote.error()), errc::no_such_agent);
    remote = near.connect(url).get();
  }
  CAF_CHECK_EQUAL(must(must(std::move(remote)).call<int>("add", 1)), 11);
}

CAF_TEST(an attempt goes on while somebody waits) {
  auto near = make_patient_container();
  auto before = residents();
  reserved_port nobody;
  auto url = url_at(nobody.where());
  auto first = near.connect(url).timeout(20ms).start();
  auto second = begin(near.connect(url));
  CAF_CHECK_EQUAL(code_of(failure(first.get())), errc::timeout);
  CAF_MESSAGE("the attempt, and the one who waits");
  CAF_CHECK_EQUAL(residents(), before + 2);
  auto far = make_container(nobody.where());
  far.spawn<echo_agent>();
  CAF_CHECK_EQUAL(must(must(second.get()).call<int>("add", 1)), 11);
}

CAF_TEST(an attempt ends with the last who waits) {
  auto near = make_patient_container();
  auto before = residents();
  full_port silent;
  auto url = url_at(silent.where());
  auto first = near.connect(url).timeout(1ms).start();
  auto second = near.connect(url).timeout(30ms).start();
  auto third = near.connect(url).timeout(20ms).start();
  for (auto attempt : {&first, &second, &third})
    CAF_CHECK_EQUAL(code_of(failure(attempt->get())), errc::timeout);
  CAF_CHECK_EQUAL(residents(), before);
}

CAF_TEST(a container that shuts down while it connects) {
  auto other = make_container();
  auto before = residents();
  reserved_port nobody;
  full_port silent;
  name_table names;
  names.block("slow");
  CAF_MESSAGE("in a pause, in an attempt, and while a name is looked up");
  for (auto& where : {nobody.where(), silent.where(), address{"slow", 5555}}) {
    auto near = make_patient_container();
    auto attempt = begin(near.connect(url_at(where)));
    must(near.shutdown());
    CAF_CHECK_EQUAL(code_of(failure(attempt.get())), errc::shut_down);
    CAF_CHECK(eventually([&] { return residents() == before; }));
  }
}

CAF_TEST(many who come and go on several threads) {
  aiomas::config two_loops;
  put(two_loops.content, "caf.aiomas.io-threads", size_t{2});
  actor_system other{two_loops};
  auto near = must(container::create(other, any_port, for_ever()));
  reserved_port nobody;
  auto url = url_at(nobody.where());
  std::vector<decltype(begin(near.connect(url)))> attempts;
  for (auto i = 0; i < 200; ++i)
    attempts.push_back(
      near.connect(url).timeout(std::chrono::microseconds{20 * i}).start());
  for (auto& attempt : attempts)
    CAF_CHECK_EQUAL(code_of(failure(attempt.get())), errc::timeout);
  CAF_CHECK(eventually([&] { return residents_of(other) == 1; }));
  CAF_MESSAGE("the next one gets its connection");
  auto next = begin(near.connect(url));
  auto far = make_container(nobody.where());
  far.spawn<echo_agent>();
  // It may have been there before the agent was.
  if (auto x = next.get(); !x)
    CAF_CHECK_EQUAL(code_of(x.error()), errc::no_such_agent);
  CAF_CHECK_EQUAL(must(must(near.connect(url)).call<int>("add", 1)), 11);
}

CAF_TEST_FIXTURE_SCOPE_END()
