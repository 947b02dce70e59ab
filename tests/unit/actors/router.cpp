#define CAF_SUITE router

#include "routing.hpp"

#include <optional>
#include <stdexcept>

namespace {

struct pinger : service {
  pinger() : service("Pinger") {
    expose("ping", &pinger::ping);
    expose("a.b", [] { return "one name"; });
  }

  int ping(int x) {
    return x;
  }

  int hidden() const {
    return 0;
  }
};

struct middle : service {
  middle() {
    expose("count", &middle::count);
    must(router().add("pinger", inner));
  }

  int count() const {
    return 1;
  }

  pinger inner;
};

struct top : service {
  top() : service("Top") {
    expose("twice", twice);
    expose("lambda", [] { return 1; });
    must(router().add("sub", sub));
  }

  middle sub;
};

std::string text_of(std::optional<std::string> path) {
  return path ? *path : "none";
}

std::string why(outcome<void> x) {
  return x ? "added" : to_string(x.error());
}

std::string refused(std::string name, std::string reason) {
  return "invalid_argument: Cannot add router \"" + name + "\": " + reason;
}

constexpr auto has_parent = "it has a parent already";
constexpr auto contains_it = "it contains the router it is to be added to";
constexpr auto bad_name = "a name must not be empty or contain a slash";
constexpr auto taken = "the name is taken";

} // namespace

// -- resolving ----------------------------------------------------------------

CAF_TEST(functions are found by their path) {
  top root;
  CAF_CHECK_EQUAL(find(root.router(), "twice"), "twice");
  CAF_CHECK_EQUAL(find(root.router(), "sub/count"), "count");
  CAF_CHECK_EQUAL(find(root.router(), "sub/pinger/ping"), "ping");
  CAF_CHECK_EQUAL(find(root.router(), "sub/pinger/a.b"), "a.b");
  CAF_MESSAGE("from wherever one begins");
  CAF_CHECK_EQUAL(find(root.sub.router(), "pinger/ping"), "ping");
  CAF_CHECK_EQUAL(find(root.sub.inner.router(), "ping"), "ping");
}

CAF_TEST(names that are not there) {
  top root;
  auto& r = root.router();
  CAF_CHECK_EQUAL(find(r, "nope"), not_found("nope", ""));
  CAF_CHECK_EQUAL(find(r, "nope/x"), not_found("nope", ""));
  CAF_CHECK_EQUAL(find(r, "sub/nope"), not_found("nope", "sub"));
  CAF_CHECK_EQUAL(find(r, "sub/nope/x"), not_found("nope", "sub"));
  CAF_CHECK_EQUAL(find(r, "sub/pinger/nope"), not_found("nope", "sub/pinger"));
  CAF_CHECK_EQUAL(find(r, "Twice"), not_found("Twice", ""));
  CAF_CHECK_EQUAL(find(r, "sub.count"), not_found("sub.count", ""));
  CAF_CHECK_EQUAL(find(r, "sub/pinger/hidden"),
                  not_found("hidden", "sub/pinger"));
}

CAF_TEST(empty names) {
  top root;
  auto& r = root.router();
  CAF_CHECK_EQUAL(find(r, ""), not_found("", ""));
  CAF_CHECK_EQUAL(find(r, "/"), not_found("", ""));
  CAF_CHECK_EQUAL(find(r, "/twice"), not_found("", ""));
  CAF_CHECK_EQUAL(find(r, "sub/"), not_found("", "sub"));
  CAF_CHECK_EQUAL(find(r, "sub//count"), not_found("", "sub"));
  CAF_CHECK_EQUAL(find(r, "sub/pinger/"), not_found("", "sub/pinger"));
}

CAF_TEST(there is nothing below a function) {
  top root;
  auto& r = root.router();
  CAF_CHECK_EQUAL(find(r, "twice/x"), not_found("x", "twice"));
  CAF_CHECK_EQUAL(find(r, "twice/x/y"), not_found("x", "twice"));
  CAF_CHECK_EQUAL(find(r, "twice/"), not_found("", "twice"));
  CAF_CHECK_EQUAL(find(r, "sub/count/x"), not_found("x", "sub/count"));
}

CAF_TEST(services cannot be called) {
  top root;
  CAF_CHECK_EQUAL(find(root.router(), "sub"),
                  "type_error: 'middle' object is not callable");
  CAF_CHECK_EQUAL(find(root.router(), "sub/pinger"),
                  "type_error: 'Pinger' object is not callable");
}

CAF_TEST(errors tell where the root is mounted) {
  struct mounted : top {
    std::string mounted_at() const override {
      return "agents/0";
    }
  };
  mounted root;
  auto& r = root.router();
  CAF_CHECK_EQUAL(find(r, "twice"), "twice");
  CAF_CHECK_EQUAL(find(r, ""), "type_error: 'Top' object is not callable");
  CAF_CHECK_EQUAL(find(r, "nope"), not_found("nope", "agents/0"));
  CAF_CHECK_EQUAL(find(r, "sub/nope"), not_found("nope", "agents/0/sub"));
  CAF_CHECK_EQUAL(find(r, "twice/x"), not_found("x", "agents/0/twice"));
  CAF_CHECK_EQUAL(root.sub.router().path(), "agents/0/sub");
  CAF_CHECK_EQUAL(root.sub.router().path_in_root(), "sub");
}

// -- building the tree --------------------------------------------------------

CAF_TEST(properties) {
  top root;
  auto& r = root.router();
  auto& sub = root.sub.router();
  auto& inner = root.sub.inner.router();
  CAF_CHECK_EQUAL(r.name(), "");
  CAF_CHECK_EQUAL(sub.name(), "sub");
  CAF_CHECK_EQUAL(inner.name(), "pinger");
  CAF_CHECK_EQUAL(r.path(), "");
  CAF_CHECK_EQUAL(sub.path(), "sub");
  CAF_CHECK_EQUAL(inner.path(), "sub/pinger");
  CAF_CHECK(r.parent() == nullptr);
  CAF_CHECK(sub.parent() == &r);
  CAF_CHECK(inner.parent() == &sub);
  CAF_CHECK(&inner.root() == &r);
  CAF_CHECK(&r.root() == &r);
  CAF_CHECK(r.object() == &root);
  CAF_CHECK(inner.object() == &root.sub.inner);
}

CAF_TEST(a router has one parent) {
  top root;
  pinger other;
  CAF_CHECK_EQUAL(why(root.router().add("again", root.sub)),
                  refused("again", has_parent));
  CAF_CHECK_EQUAL(why(other.router().add("sub", root.sub)),
                  refused("sub", has_parent));
  CAF_CHECK_EQUAL(find(root.router(), "again/count"), not_found("again", ""));
  CAF_CHECK_EQUAL(root.sub.router().path(), "sub");
}

CAF_TEST(routers form no cycle) {
  top root;
  auto& r = root.router();
  CAF_CHECK_EQUAL(why(r.set_sub_router("self", r)),
                  refused("self", contains_it));
  CAF_CHECK_EQUAL(why(root.sub.router().add("up", root)),
                  refused("up", contains_it));
  CAF_CHECK_EQUAL(why(root.sub.inner.router().add("up", root)),
                  refused("up", contains_it));
  CAF_CHECK(r.parent() == nullptr);
  CAF_CHECK_EQUAL(r.name(), "");
}

CAF_TEST(names of sub routers) {
  top root;
  pinger extra;
  auto& r = root.router();
  CAF_CHECK_EQUAL(why(r.add("a/b", extra)), refused("a/b", bad_name));
  CAF_CHECK_EQUAL(why(r.add("/", extra)), refused("/", bad_name));
  CAF_CHECK_EQUAL(why(r.add("", extra)), refused("", bad_name));
  CAF_CHECK_EQUAL(why(r.add("twice", extra)), refused("twice", taken));
  CAF_CHECK_EQUAL(why(r.add("sub", extra)), refused("sub", taken));
  CAF_MESSAGE("a router that was refused can be added elsewhere");
  CAF_CHECK(extra.router().parent() == nullptr);
  CAF_CHECK_EQUAL(extra.router().name(), "");
  CAF_CHECK_EQUAL(why(r.set_sub_router("extra", extra.router())), "added");
  CAF_CHECK_EQUAL(find(r, "extra/ping"), "ping");
  CAF_CHECK_EQUAL(find(r, "twice"), "twice");
}

CAF_TEST(names of functions) {
  top root;
  for (auto name : {"", "/", "a/b", "a/"})
    CAF_CHECK(throws<std::invalid_argument>(
      [&] { root.router().add(expose(name, twice)); }));
  CAF_CHECK_EQUAL(find(root.router(), "a/b"), not_found("a", ""));
}

CAF_TEST(functions can be replaced) {
  top root;
  auto& r = root.router();
  auto call = [&r](const char* name, int x) {
    auto with = arguments::of(x);
    return to_string(std::get<value>((*must(r.resolve(name)))(with)));
  };
  CAF_CHECK_EQUAL(call("twice", 2), "4");
  r.add(expose("twice", thrice));
  CAF_CHECK_EQUAL(call("twice", 2), "6");
  CAF_CHECK_EQUAL(text_of(r.path_of(twice)), "none");
  CAF_CHECK_EQUAL(text_of(r.path_of(thrice)), "twice");
  CAF_MESSAGE("a function replaces a router, too, which is a root then");
  r.add(expose("sub", thrice));
  CAF_CHECK_EQUAL(call("sub", 1), "3");
  CAF_CHECK(root.sub.router().parent() == nullptr);
  CAF_CHECK_EQUAL(root.sub.router().name(), "");
  CAF_CHECK_EQUAL(root.sub.router().path(), "");
}

CAF_TEST(children that go before their parent) {
  pinger parent;
  auto& r = parent.router();
  {
    pinger child;
    must(r.add("child", child));
    CAF_CHECK_EQUAL(find(r, "child/ping"), "ping");
  }
  CAF_CHECK_EQUAL(find(r, "child/ping"), not_found("child", ""));
  CAF_CHECK_EQUAL(find(r, "ping"), "ping");
  pinger next;
  CAF_CHECK_EQUAL(why(r.add("child", next)), "added");
}

CAF_TEST(parents that go before their children) {
  pinger child;
  {
    pinger parent;
    must(parent.router().add("child", child));
  }
  auto& r = child.router();
  CAF_CHECK(r.parent() == nullptr);
  CAF_CHECK_EQUAL(r.path(), "");
  CAF_CHECK_EQUAL(r.name(), "");
  CAF_CHECK_EQUAL(find(r, "ping"), "ping");
  CAF_CHECK_EQUAL(find(r, "nope"), not_found("nope", ""));
  pinger next;
  CAF_CHECK_EQUAL(why(next.router().add("other", child)), "added");
  CAF_CHECK_EQUAL(r.path(), "other");
}

CAF_TEST(clearing) {
  top root;
  root.router().clear();
  CAF_CHECK_EQUAL(find(root.router(), "twice"), not_found("twice", ""));
  CAF_CHECK_EQUAL(find(root.router(), "sub/count"), not_found("sub", ""));
  CAF_CHECK(root.sub.router().parent() == nullptr);
  CAF_CHECK_EQUAL(root.sub.router().path(), "");
  CAF_CHECK_EQUAL(find(root.sub.router(), "count"), "count");
}

// -- reverse look-ups ---------------------------------------------------------

CAF_TEST(paths of functions) {
  top root;
  auto& r = root.router();
  CAF_CHECK_EQUAL(text_of(r.path_of(twice)), "twice");
  CAF_CHECK_EQUAL(text_of(r.path_of(&twice)), "twice");
  CAF_CHECK_EQUAL(text_of(r.path_of(&middle::count)), "sub/count");
  CAF_CHECK_EQUAL(text_of(r.path_of(&pinger::ping)), "sub/pinger/ping");
  CAF_CHECK_EQUAL(text_of(root.sub.router().path_of(&pinger::ping)),
                  "pinger/ping");
  CAF_MESSAGE("functions that are not exposed, or not below");
  CAF_CHECK_EQUAL(text_of(r.path_of(thrice)), "none");
  CAF_CHECK_EQUAL(text_of(r.path_of(&pinger::hidden)), "none");
  CAF_CHECK_EQUAL(text_of(root.sub.router().path_of(twice)), "none");
  CAF_MESSAGE("function objects have no identity");
  auto f = [] { return 2; };
  r.add(expose("f", f));
  CAF_CHECK_EQUAL(text_of(r.path_of(f)), "none");
}

CAF_TEST(paths of services) {
  top root;
  pinger other;
  auto& r = root.router();
  CAF_CHECK_EQUAL(text_of(r.path_of(root.sub)), "sub");
  CAF_CHECK_EQUAL(text_of(r.path_of(root.sub.inner)), "sub/pinger");
  CAF_CHECK_EQUAL(text_of(r.path_of(root)), "");
  CAF_CHECK_EQUAL(text_of(root.sub.router().path_of(root.sub.inner)), "pinger");
  CAF_CHECK_EQUAL(text_of(r.path_of(other)), "none");
  CAF_CHECK_EQUAL(text_of(root.sub.router().path_of(root)), "none");
}
