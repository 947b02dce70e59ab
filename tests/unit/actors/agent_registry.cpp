#define CAF_SUITE agent_registry

#include "container_fixture.hpp"

#include "caf/aiomas/detail/agent_number.hpp"
#include "caf/aiomas/detail/container_impl.hpp"

using aiomas::detail::no_agent;
using aiomas::detail::parse_aid;
using aiomas::detail::to_aid;

CAF_TEST(ids are numbers as they are printed) {
  CAF_CHECK_EQUAL(parse_aid("0"), 0u);
  CAF_CHECK_EQUAL(parse_aid("17"), 17u);
  CAF_CHECK_EQUAL(parse_aid("18446744073709551614"), UINT64_MAX - 1);
  for (auto x : {"", "00", "007", "+1", "-1", " 1", "1 ", "1.0", "0x1", "a",
                 "1a", "18446744073709551615", "18446744073709551616",
                 "100000000000000000000000"})
    CAF_CHECK_EQUAL(parse_aid(x), no_agent);
  CAF_CHECK_EQUAL(parse_aid(std::string_view{"1\0", 2}), no_agent);
  CAF_CHECK_EQUAL(to_aid(0), "0");
  CAF_CHECK_EQUAL(to_aid(17), "17");
  CAF_CHECK_EQUAL(to_aid(no_agent), "");
}

CAF_TEST_FIXTURE_SCOPE(agent_registry_tests, container_fixture)

CAF_TEST(agents are found by exactly their ids) {
  auto c = make_container();
  c.spawn<echo_agent>();
  auto one = c.spawn<echo_agent>();
  auto& agents = c.impl().agents();
  CAF_CHECK(agents.find("1").hdl
            == actor_cast<strong_actor_ptr>(one.as_actor()));
  CAF_CHECK(agents.find("1").methods == nullptr);
  for (auto x : {"", "2", "01", "+1", " 1", "1 ", "18446744073709551615"}) {
    CAF_CHECK(agents.find(x).hdl == nullptr);
    CAF_CHECK(!agents.class_name_of(x));
  }
  CAF_CHECK_EQUAL(agents.class_name_of("1"), std::string{"Echo"});
}

CAF_TEST(agents of other containers are other actors) {
  auto c = make_container();
  auto other = make_container();
  other.spawn<echo_agent>();
  auto guest = c.spawn<echo_agent>();
  auto hdl = actor_cast<strong_actor_ptr>(guest.as_actor());
  auto& agents = other.impl().agents();
  CAF_CHECK_EQUAL(c.impl().agents().aid_of(hdl), std::string{"0"});
  CAF_CHECK(!agents.aid_of(hdl));
  CAF_CHECK(!agents.aid_of(nullptr));
  CAF_MESSAGE("they may be exposed several times; the first id counts");
  CAF_CHECK_EQUAL(must(other.expose(guest.as_actor(), {}, as("Guest"))),
                  other.base_url() + "1");
  must(other.expose(guest.as_actor(), {}));
  CAF_CHECK_EQUAL(agents.aid_of(hdl), std::string{"1"});
  CAF_CHECK_EQUAL(agents.class_name_of("1"), std::string{"Guest"});
  CAF_CHECK(agents.find("2").hdl == hdl);
  CAF_CHECK(agents.find("2").methods != nullptr);
  CAF_MESSAGE("both forget it when it ends");
  anon_send_exit(guest.as_actor(), exit_reason::user_shutdown);
  CAF_CHECK(eventually([&] {
    return !agents.find("1").hdl && !agents.find("2").hdl
           && !c.impl().agents().find("0").hdl;
  }));
  CAF_CHECK(agents.find("0").hdl != nullptr);
}

CAF_TEST(agents that are made too late have no id) {
  auto c = make_container();
  must(c.shutdown());
  auto late = c.spawn<echo_agent>();
  CAF_CHECK_EQUAL(late.addr(), c.base_url());
  CAF_CHECK(
    !c.impl().agents().aid_of(actor_cast<strong_actor_ptr>(late.as_actor())));
}

CAF_TEST_FIXTURE_SCOPE_END()
