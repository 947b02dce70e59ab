#define CAF_SUITE service

#include "routing.hpp"

#include <memory>
#include <stdexcept>

namespace {

struct pinger : service {
  pinger() : service("Pinger") {
    expose("ping", [](int x) { return x; });
  }
};

struct middle : service {
  middle() {
    expose("pinger", inner);
  }

  pinger inner;
};

struct top : service {
  top() : service("Top") {
    expose("twice", twice);
    expose("sub", sub);
  }

  middle sub;
};

template <class T>
struct named_by_template : service {};

} // namespace

CAF_TEST(class names) {
  struct local_class : service {};
  CAF_CHECK_EQUAL(pinger{}.class_name(), "Pinger");
  CAF_CHECK_EQUAL(middle{}.class_name(), "middle");
  CAF_CHECK_EQUAL(local_class{}.class_name(), "local_class");
  CAF_CHECK_EQUAL(named_by_template<int>{}.class_name(),
                  "named_by_template<int>");
  CAF_CHECK_EQUAL(routing_dict{}.class_name(), "ServiceDict");
}

CAF_TEST(services made of functions alone) {
  routing_dict inner{expose("thrice", thrice)};
  routing_dict outer{expose("twice", twice), expose("one", [] { return 1; })};
  must(outer.router().add("inner", inner));
  auto& r = outer.router();
  CAF_CHECK_EQUAL(find(r, "twice"), "twice");
  CAF_CHECK_EQUAL(find(r, "one"), "one");
  CAF_CHECK_EQUAL(find(r, "inner/thrice"), "thrice");
  CAF_CHECK_EQUAL(find(r, "thrice"), not_found("thrice", ""));
  CAF_CHECK_EQUAL(find(r, "inner"),
                  "type_error: 'ServiceDict' object is not callable");
}

CAF_TEST(services that cannot be exposed) {
  top root;
  pinger extra;
  CAF_CHECK(throws<std::invalid_argument>([&] { root.expose("a/b", extra); }));
  CAF_CHECK(throws<std::invalid_argument>([&] { root.expose("sub", extra); }));
  CAF_CHECK(
    throws<std::invalid_argument>([&] { extra.expose("again", root.sub); }));
  CAF_CHECK(
    throws<std::invalid_argument>([&] { root.sub.expose("up", root); }));
  root.expose("extra", extra);
  CAF_CHECK_EQUAL(find(root.router(), "extra/ping"), "ping");
}

CAF_TEST_FIXTURE_SCOPE(hosting_tests, system_fixture)

CAF_TEST(an actor hosts a service) {
  auto what = std::make_shared<top>();
  CAF_CHECK(!what->ref().host);
  CAF_CHECK(what->self() == nullptr);
  hosted_service hosted{sys, what};
  CAF_CHECK(actor_cast<actor>(what->ref().host) == hosted.host());
  CAF_CHECK_EQUAL(what->ref().path, "");
  CAF_CHECK(what->self() != nullptr);
  CAF_CHECK(what->sub.inner.self() == what->self());
  CAF_CHECK(actor_cast<actor>(what->sub.inner.ref().host) == hosted.host());
  CAF_CHECK_EQUAL(what->sub.inner.ref().path, "sub/pinger");
  scoped_actor self{sys};
  auto call = [&](invocation x) {
    std::string result;
    self->request(hosted.host(), patience, std::move(x))
      .receive([&](value& y) { result = to_string(y); },
               [&](error& y) { result = describe(y); });
    return result;
  };
  CAF_CHECK_EQUAL(call(invocation{"twice", 4}), "8");
  CAF_CHECK_EQUAL(call(invocation{"sub/pinger/ping", 4}), "4");
  CAF_CHECK_EQUAL(call(invocation{"sub/nope"}), not_found("nope", "sub"));
  CAF_CHECK_EQUAL(call(invocation{""}), not_found("", ""));
}

CAF_TEST(a service goes with its last handle) {
  struct notifier : service {
    explicit notifier(later<bool> x) : gone(x) {
      // nop
    }

    ~notifier() override {
      gone.set(true);
    }

    later<bool> gone;
  };
  later<bool> gone;
  auto hosted = hosted_service::make<notifier>(sys, gone);
  auto copy = hosted;
  scoped_actor self{sys};
  self->monitor(hosted.host());
  hosted = {};
  CAF_CHECK(!gone.ready());
  copy = {};
  CAF_CHECK(gone.get());
  auto down = false;
  self->receive([&](const down_msg&) { down = true; },
                after(patience) >> [] {});
  CAF_CHECK(down);
}

CAF_TEST_FIXTURE_SCOPE_END()
