// Bytes of ours with those of others in between.

#define CAF_SUITE gathered_bytes

#include "caf/aiomas/gathered_bytes.hpp"

#include "caf/test/dsl.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

using namespace caf::aiomas;

namespace {

struct fixture {
  void append(std::string_view text) {
    for (auto c : text)
      uut.own().push_back(static_cast<std::byte>(c));
  }

  void append_shared(const std::string& text) {
    auto owner = std::make_shared<const std::string>(text);
    kept = owner;
    auto data = std::as_bytes(std::span{*owner});
    uut.pieces().push_back({uut.own().size(), std::move(owner), data});
  }

  static std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::string joined() const {
    return text_of(uut.joined());
  }

  std::string front() const {
    return text_of(uut.front());
  }

  gathered_bytes uut;
  std::weak_ptr<const std::string> kept; // the last one
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(gathered_bytes_tests, fixture)

CAF_TEST(nothing) {
  CAF_CHECK(uut.empty());
  CAF_CHECK_EQUAL(uut.size(), 0u);
  CAF_CHECK(uut.front().empty());
  CAF_CHECK_EQUAL(joined(), "");
}

CAF_TEST(pieces stand where they were appended) {
  append_shared("begin");
  append(" a ");
  append_shared("b");
  append_shared("c");
  append(" d ");
  append_shared("end");
  CAF_CHECK_EQUAL(joined(), "begin a bc d end");
  CAF_CHECK_EQUAL(uut.size(), joined().size());
}

CAF_TEST(bytes are taken away piece by piece) {
  append("abc");
  append_shared("DEF");
  append("ghi");
  CAF_CHECK_EQUAL(front(), "abc");
  uut.pop_front(2);
  CAF_CHECK_EQUAL(front(), "c");
  uut.pop_front(1);
  CAF_CHECK_EQUAL(front(), "DEF");
  uut.pop_front(1);
  CAF_CHECK_EQUAL(front(), "EF");
  CAF_CHECK_EQUAL(uut.size(), 5u);
  CAF_CHECK_EQUAL(joined(), "EFghi");
  uut.pop_front(2);
  CAF_CHECK_EQUAL(front(), "ghi");
  uut.pop_front(3);
  CAF_CHECK(uut.empty());
  CAF_CHECK_EQUAL(uut.size(), 0u);
}

CAF_TEST(several pieces at a time) {
  append("abc");
  append_shared("DEF");
  append("ghi");
  uut.pop_front(1);
  std::array<std::span<const std::byte>, 4> all;
  CAF_REQUIRE_EQUAL(uut.fronts(all), 3u);
  CAF_CHECK_EQUAL(text_of(all[0]), "bc");
  CAF_CHECK_EQUAL(text_of(all[1]), "DEF");
  CAF_CHECK_EQUAL(text_of(all[2]), "ghi");
  CAF_CHECK_EQUAL(uut.fronts(std::span{all}.first(2)), 2u);
  uut.pop_front(7);
  CAF_CHECK(kept.expired());
  CAF_CHECK_EQUAL(joined(), "i");
}

CAF_TEST(a piece is let go of when it is done) {
  append_shared("first");
  append("second");
  uut.pop_front(4);
  CAF_CHECK(!kept.expired());
  uut.pop_front(1);
  CAF_CHECK(kept.expired());
}

CAF_TEST(clearing leaves the capacity alone) {
  append("abc");
  append_shared("DEF");
  uut.pop_front(3);
  auto place = uut.own().data();
  uut.clear();
  CAF_CHECK(uut.empty());
  CAF_CHECK(kept.expired());
  append("xyz");
  CAF_CHECK_EQUAL(joined(), "xyz");
  CAF_CHECK(uut.own().data() == place);
}

CAF_TEST_FIXTURE_SCOPE_END()
