#define CAF_SUITE event_line

#include "caf/aiomas/detail/event_line.hpp"

#include "caf/test/dsl.hpp"

using caf::aiomas::detail::event_line;

CAF_TEST(plain values stay as they are) {
  CAF_CHECK_EQUAL(event_line("connection_opened",
                             {{"peer", "tcp://127.0.0.1:5555"}, {"n", "1"}}),
                  "connection_opened peer=tcp://127.0.0.1:5555 n=1");
  CAF_CHECK_EQUAL(event_line("stopped", {}), "stopped");
}

CAF_TEST(others are quoted so that a line stays a line) {
  auto render = [](std::string text) {
    return event_line("e", {{"x", std::move(text)}});
  };
  CAF_CHECK_EQUAL(render(""), "e x=\"\"");
  CAF_CHECK_EQUAL(render("two words"), "e x=\"two words\"");
  CAF_CHECK_EQUAL(render("a=b"), "e x=\"a=b\"");
  CAF_CHECK_EQUAL(render("say \"a\\b\""), "e x=\"say \\\"a\\\\b\\\"\"");
  CAF_CHECK_EQUAL(render("one\ntwo"), "e x=\"one\\ntwo\"");
  CAF_CHECK_EQUAL(render(std::string{"\0\x1b\x7f", 3}),
                  "e x=\"\\x00\\x1b\\x7f\"");
  CAF_CHECK_EQUAL(render("\xc3\xa4 \xc3\xb6"), "e x=\"\xc3\xa4 \xc3\xb6\"");
}
