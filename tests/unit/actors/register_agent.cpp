#define CAF_SUITE register_agent

#include "container_fixture.hpp"

#include "caf/aiomas/detail/agent_types.hpp"
#include "caf/aiomas/detail/build_stamp.hpp"
#include "caf/aiomas/register_agent.hpp"

#include <stdexcept>
#include <string>

namespace {

// -- agents of all kinds ------------------------------------------------------

class plain : public agent {
public:
  plain(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    // nop
  }
};

class counter : public agent {
public:
  counter(actor_config& cfg, aiomas::container c, int start,
          const std::string& label)
    : agent(cfg, std::move(c)) {
    if (start < 0)
      throw std::invalid_argument("start must not be negative");
    expose("show", [=] { return label + std::to_string(start); });
  }
};

class with_factory : public agent {
public:
  with_factory(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    // nop
  }

  static agent_handle<with_factory> make(const aiomas::container& c,
                                         std::string_view text) {
    if (text != "please")
      throw python_error("PolitenessError", "say please");
    return c.spawn<with_factory>();
  }
};

agent_ref by_function(aiomas::container c, std::vector<int> xs) {
  return c.spawn<counter>(static_cast<int>(xs.size()), "list ");
}

expected<agent_ref> maybe(aiomas::container c, bool sure) {
  if (!sure)
    return make_error(errc::lookup_error, std::string{"not sure"});
  return agent_ref{c.spawn<plain>()};
}

agent_ref nobody(aiomas::container) {
  return {};
}

AIOMAS_REGISTER_AGENT("kinds:Plain", plain)
AIOMAS_REGISTER_AGENT("kinds:Counter", counter(int, std::string),
                      {"start", opt("label", "#")})
AIOMAS_REGISTER_AGENT("kinds:Polite", with_factory, {"text"})
AIOMAS_REGISTER_AGENT("kinds.sub:List", by_function)
AIOMAS_REGISTER_AGENT("kinds:Maybe", &maybe, {"sure"})
AIOMAS_REGISTER_AGENT("kinds:Nobody", nobody)

// -- calling them -------------------------------------------------------------

struct fixture : container_fixture {
  /// Makes an agent as a manager does; returns its URL, or what went wrong.
  template <class... Ts>
  std::string make(std::string_view name, Ts&&... xs) {
    auto maker = aiomas::detail::agent_types::instance().find(name);
    if (!maker)
      return describe(maker.error());
    auto with = arguments::of(std::forward<Ts>(xs)...);
    auto result = (*maker)(home) (with);
    if (auto why = std::get_if<error>(&result))
      return describe(*why);
    auto answer = std::get_if<value>(&result);
    if (answer == nullptr)
      return "no value";
    return std::get<1>(
      must(from_value<std::tuple<value, std::string>>(std::move(*answer))));
  }

  std::string show(const std::string& url) {
    return must(must(home.connect(url)).call<std::string>("show"));
  }

  aiomas::container home = make_container();
};

/// Registers something by itself, as a static initializer does, and returns
/// what the loader of a plug-in would be told.
std::string complaint(const char* stamp, const char* name,
                      aiomas::detail::agent_maker (*make)(std::string)) {
  aiomas::detail::plugin_content content;
  aiomas::detail::agent_types::note_in(&content);
  auto done = aiomas::detail::register_static(stamp, name, make);
  aiomas::detail::agent_types::note_in(nullptr);
  CAF_CHECK_EQUAL(done, content.complaints.empty());
  CAF_CHECK_EQUAL(content.registered, done ? 1u : 0u);
  return done ? std::string{} : content.complaints.front();
}

aiomas::detail::agent_maker make_plain(std::string function) {
  return aiomas::detail::make_agent_maker<plain>(std::move(function));
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(register_agent_tests, fixture)

CAF_TEST(all kinds of agents) {
  CAF_CHECK_EQUAL(make("kinds:Plain"), home.base_url() + "0");
  CAF_CHECK_EQUAL(show(make("kinds:Counter", 7)), "#7");
  CAF_CHECK_EQUAL(show(make("kinds:Counter", kw("label", "x"), kw("start", 3))),
                  "x3");
  CAF_CHECK_EQUAL(make("kinds:Polite", "please"), home.base_url() + "3");
  CAF_CHECK_EQUAL(show(make("kinds.sub:List", std::vector{1, 2})), "list 2");
  CAF_CHECK_EQUAL(make("kinds:Maybe", true), home.base_url() + "5");
}

CAF_TEST(what agents throw) {
  CAF_CHECK_EQUAL(make("kinds:Counter", -1),
                  "ValueError: start must not be negative");
  CAF_CHECK_EQUAL(make("kinds:Polite", "now"), "PolitenessError: say please");
  CAF_CHECK_EQUAL(make("kinds:Maybe", false), "lookup_error: not sure");
  CAF_CHECK_EQUAL(make("kinds:Nobody"),
                  "RuntimeError: the factory has made no agent");
}

CAF_TEST(arguments that do not fit) {
  CAF_CHECK_EQUAL(make("kinds:Plain", 1),
                  "type_error: Plain() takes 0 positional arguments but 1 was "
                  "given: Plain()");
  CAF_CHECK_EQUAL(make("kinds:Counter"),
                  "type_error: Counter() missing a required positional "
                  "argument: 'start': Counter(start: int, label: str = '#')");
  CAF_CHECK_EQUAL(make("kinds:Counter", "x"),
                  "type_error: Counter() argument 'start': expected int, got "
                  "str: Counter(start: int, label: str = '#')");
  CAF_CHECK_EQUAL(make("kinds:Counter", 1, kw("bogus", 1)),
                  "type_error: Counter() got an unexpected keyword argument "
                  "'bogus': Counter(start: int, label: str = '#')");
}

CAF_TEST(names that are not there) {
  CAF_CHECK_EQUAL(
    make("foo"),
    "ValueError: Malformed object name \"foo\": Expected \"module:object\"");
  CAF_CHECK_EQUAL(
    make("a:b:c"),
    "ValueError: Malformed object name \"a:b:c\": Expected \"module:object\"");
  CAF_CHECK_EQUAL(
    make(""),
    "ValueError: Malformed object name \"\": Expected \"module:object\"");
  CAF_CHECK_EQUAL(make(":X"), "ValueError: Empty module name");
  CAF_CHECK_EQUAL(make("nope:X"),
                  "ModuleNotFoundError: No module named "
                  "'nope'");
  CAF_CHECK_EQUAL(make("nope.sub:X"),
                  "ModuleNotFoundError: No module named "
                  "'nope'");
  CAF_CHECK_EQUAL(make("kin:X"), "ModuleNotFoundError: No module named 'kin'");
  CAF_CHECK_EQUAL(make("kinds.nope:X"),
                  "ModuleNotFoundError: No module named "
                  "'kinds.nope'");
  CAF_CHECK_EQUAL(make("kinds:X"),
                  "AttributeError: module 'kinds' has no attribute 'X'");
  CAF_CHECK_EQUAL(make("kinds:"),
                  "AttributeError: module 'kinds' has no attribute ''");
  CAF_CHECK_EQUAL(make("kinds.sub:X"),
                  "AttributeError: module 'kinds.sub' has no attribute 'X'");
}

CAF_TEST(registering at run time) {
  must(register_agent<counter(int, std::string)>("later:Counter",
                                                 {"start", "label"}));
  must(register_agent<by_function>("later:List"));
  CAF_CHECK_EQUAL(show(make("later:Counter", 1, "x")), "x1");
  CAF_CHECK_EQUAL(show(make("later:List", std::vector<int>{})), "list 0");
  CAF_CHECK_EQUAL(describe(failure(register_agent<plain>("later:List"))),
                  "invalid_argument: The agent type \"later:List\" is "
                  "registered twice");
  CAF_CHECK_EQUAL(describe(failure(register_agent<plain>("later"))),
                  "invalid_argument: Malformed object name \"later\": Expected "
                  "\"module:object\"");
  CAF_CHECK(throws<std::invalid_argument>(
    [] { return register_agent<plain>("later:Plain", {"x"}); }));
}

CAF_TEST(static registrations never throw) {
  auto stamp = aiomas::detail::build_stamp;
  CAF_CHECK_EQUAL(complaint(stamp, "static:Good", make_plain), "");
  CAF_CHECK_EQUAL(complaint(stamp, "static:Good", make_plain),
                  "The agent type \"static:Good\" is registered twice");
  CAF_CHECK_EQUAL(complaint(stamp, "static:", make_plain),
                  "Malformed object name \"static:\": Expected "
                  "\"module:object\"");
  CAF_CHECK_EQUAL(complaint(stamp, "static:Named",
                            [](std::string function) {
                              return aiomas::detail::make_agent_maker<plain>(
                                std::move(function), {"x"});
                            }),
                  "The agent type \"static:Named\" cannot be registered: "
                  "Named: 1 parameters are named, but it takes 0");
  CAF_CHECK_EQUAL(complaint("libcaf_aiomas 0.0.1", "static:Old",
                            [](std::string) -> aiomas::detail::agent_maker {
                              CAF_FAIL("called in spite of its version");
                              return {};
                            }),
                  "The agent type \"static:Old\" was built for libcaf_aiomas "
                  "0.0.1, but this is "
                    + std::string{stamp});
  CAF_CHECK(aiomas::detail::agent_types::instance().check());
}

CAF_TEST_FIXTURE_SCOPE_END()
