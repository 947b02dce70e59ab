#define CAF_SUITE exposed_actor_ends

#include "exposing.hpp"

#include "caf/aiomas/session.hpp"

CAF_TEST_FIXTURE_SCOPE(exposed_actor_ends_tests, exposing_fixture)

// -- actors that end ----------------------------------------------------------

CAF_TEST(handlers that throw end the actor) {
  for (auto how : {"throw", "throw int"}) {
    auto [hdl, remote, aid] = make();
    CAF_CHECK_EQUAL(last_line(remote.call("act", how)), has_thrown);
    // CAF answers before the actor has ended.
    CAF_CHECK(is_forgotten(aid));
    CAF_CHECK_EQUAL(last_line(remote.call("add", 1, 2)),
                    "LookupError: Name \"" + aid
                      + "\" not found in \"agents\"");
    auto url = c.base_url() + aid;
    CAF_CHECK_EQUAL(code_of(failure(make_container().connect(url))),
                    errc::no_such_agent);
  }
}

CAF_TEST(calls of an actor that ends) {
  auto [hdl, remote, aid] = make();
  std::vector<decltype(begin(remote.call("get")))> open;
  open.push_back(begin(remote.call("act", "keep")));
  open.push_back(begin(remote.call("act", "lose")));
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
  CAF_MESSAGE("a reply that was sent before still arrives");
  auto last = begin(remote.call<int>("act", "quit"));
  for (auto i = 0; i < 10; ++i)
    open.push_back(begin(remote.call("act", "keep")));
  CAF_CHECK_EQUAL(must(last.get()), 1);
  for (auto& call : open) {
    auto text = last_line(failure(call.get()));
    CAF_CHECK(text == has_ended || text.starts_with("LookupError: "));
  }
  CAF_CHECK(is_forgotten(aid));
}

CAF_TEST(calls of others are not affected) {
  auto first = make();
  auto second = make();
  auto kept = begin(second.remote.call("act", "keep"));
  settle(second.hdl);
  anon_send_exit(first.hdl, exit_reason::user_shutdown);
  CAF_CHECK(is_forgotten(first.aid));
  CAF_CHECK_EQUAL(must(second.remote.call<int>("add", 1, 2)), 3);
  anon_send_exit(second.hdl, exit_reason::user_shutdown);
  CAF_CHECK_EQUAL(last_line(failure(kept.get())), has_ended);
}

CAF_TEST(agents that end with open calls) {
  auto agent = c.spawn<echo_agent>();
  auto remote = at(agent.addr());
  auto open = begin(remote.call("never"));
  CAF_CHECK_EQUAL(must(remote.call<int>("owed")), 1);
  CAF_MESSAGE("do not keep callers waiting until they are destroyed");
  must(remote.call("stop"));
  CAF_CHECK_EQUAL(last_line(failure(open.get())), has_ended);
}

CAF_TEST(many actors that end under load) {
  constexpr auto actors = 20;
  std::vector<actor> alive;
  std::vector<decltype(begin(proxy{}.call("get")))> open;
  for (auto i = 0; i < actors; ++i) {
    auto [hdl, remote, aid] = make();
    alive.push_back(hdl);
    for (auto j = 0; j < 20; ++j)
      open.push_back(
        begin(remote.call("act", j % 2 == 0 ? "keep" : "promise")));
  }
  for (auto& hdl : alive)
    anon_send_exit(hdl, exit_reason::kill);
  size_t failed = 0;
  for (auto& call : open)
    if (!call.get())
      ++failed;
  CAF_CHECK(failed >= open.size() / 2);
}

// -- the end of the container -------------------------------------------------

CAF_TEST(a shutdown does not end exposed actors) {
  auto [hdl, remote, aid] = make();
  auto agent = c.spawn<echo_agent>();
  must(c.shutdown());
  CAF_CHECK(ends(agent.as_actor()));
  settle(hdl);
  CAF_MESSAGE("another container may expose it");
  auto next = make_container();
  auto url = must(next.expose(hdl, {method<int(add_atom, int, int)>("add")}));
  CAF_CHECK_EQUAL(must(at(url).call<int>("add", 1, 2)), 3);
}

CAF_TEST(a shutdown under load) {
  auto [hdl, remote, aid] = make();
  std::vector<decltype(begin(remote.call("get")))> open;
  for (auto i = 0; i < 500; ++i)
    open.push_back(begin(remote.call("act", i % 3 == 0 ? "keep" : "promise")));
  must(c.shutdown());
  for (auto& call : open)
    if (auto x = call.get(); !x)
      CAF_CHECK(connection_lost(x.error())
                || last_line(x.error()).starts_with(shut_down_error));
  CAF_CHECK_EQUAL(code_of(failure(remote.call("get"))),
                  errc::connection_closed);
  settle(hdl);
  anon_send_exit(hdl, exit_reason::user_shutdown);
  CAF_CHECK(ends(hdl));
}

CAF_TEST(nobody holds an actor but the container) {
  auto url = must(
    c.expose(sys.spawn(dynamic), {method<std::string(get_atom)>("get")}));
  CAF_CHECK_EQUAL(must(at(url).call<std::string>("get")), "none");
}

CAF_TEST_FIXTURE_SCOPE_END()
