#define CAF_SUITE description

#include "fixture.hpp"

#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/service.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace {

struct shelf : service {
  explicit shelf(int books = 0) : service("Shelf"), books(books) {
    expose("add", &shelf::add, {"n", opt("loud", false)});
    expose("add_more", &shelf::add, {"n", opt("loud", false)});
    expose("count", [this] { return this->books; });
  }

  int add(int n, bool) {
    return books += n;
  }

  int books;
};

int first(int x) {
  return x;
}

int second(int x) {
  return x + 1;
}

const exposed& at(shelf& where, const char* name) {
  return **where.router().resolve(name);
}

std::string call(const exposed& what, list args = {}) {
  arguments with;
  with.args = std::move(args);
  auto result = what(with);
  if (auto content = std::get_if<value>(&result))
    return to_string(*content);
  return describe(std::get<error>(result));
}

bool same(const exposed& x, const exposed& y) {
  return &x.what() == &y.what();
}

/// A function with a parameter that has a default.
template <class T>
exposed with_default(T x) {
  return expose("f", first, {opt("x", std::move(x))});
}

/// Says how many copies of it there are.
class witness {
public:
  explicit witness(int& count) : count_(&count) {
    ++*count_;
  }

  witness(const witness& other) : count_(other.count_) {
    ++*count_;
  }

  witness& operator=(const witness&) = delete;

  ~witness() {
    --*count_;
  }

  int operator()() const {
    return *count_;
  }

private:
  int* count_;
};

} // namespace

// -- sharing ------------------------------------------------------------------

CAF_TEST(instances of a class share descriptions) {
  shelf x{1};
  shelf y{2};
  CAF_CHECK(same(at(x, "add"), at(y, "add")));
  CAF_CHECK(same(at(x, "count"), at(y, "count")));
  CAF_CHECK(!same(at(x, "add"), at(x, "add_more")));
  CAF_MESSAGE("and call functions of their own");
  CAF_CHECK_EQUAL(call(at(x, "add"), {10}), "11");
  CAF_CHECK_EQUAL(call(at(y, "add_more"), {10, true}), "12");
  CAF_CHECK_EQUAL(call(at(x, "count")), "11");
  CAF_CHECK_EQUAL(call(at(y, "count")), "12");
}

CAF_TEST(descriptions outlive the first instance) {
  auto x = std::make_unique<shelf>(1);
  shelf y{2};
  x.reset();
  shelf z{3};
  CAF_CHECK(same(at(y, "add"), at(z, "add")));
  CAF_CHECK_EQUAL(call(at(y, "add"), {"x"}),
                  "type_error: add() argument 'n': expected int, got str: "
                  "add(n: int, loud: bool = False)");
}

CAF_TEST(different functions) {
  auto f = expose("f", first, {"x"});
  CAF_CHECK(same(f, expose("f", first, {"x"})));
  CAF_CHECK(same(f, expose("f", &first, {"x"})));
  CAF_CHECK(!same(f, expose("g", first, {"x"})));
  auto other = expose("f", second, {"x"});
  CAF_CHECK(!same(f, other));
  CAF_CHECK_EQUAL(call(f, {1}), "1");
  CAF_CHECK_EQUAL(call(other, {1}), "2");
  CAF_CHECK(!same(f, expose("f", [](int x) { return x; }, {"x"})));
}

CAF_TEST(different parameters) {
  auto f = expose("f", first, {"x"});
  CAF_CHECK(!same(f, expose("f", first)));
  CAF_CHECK(!same(f, expose("f", first, {"y"})));
  CAF_CHECK(!same(f, expose("f", first, {parameter{"x"}.keyword_only()})));
  CAF_CHECK(!same(f, with_default(1)));
}

CAF_TEST(different defaults) {
  CAF_CHECK(same(with_default(1), with_default(1)));
  CAF_CHECK(!same(with_default(1), with_default(2)));
  CAF_CHECK(!same(with_default(1), with_default(1.0)));
  CAF_CHECK(!same(with_default(1), with_default(true)));
  CAF_CHECK(same(with_default(0.0), with_default(0.0)));
  CAF_CHECK(!same(with_default(0.0), with_default(-0.0)));
  CAF_CHECK(same(with_default("a"), with_default("a")));
  CAF_CHECK(!same(with_default("a"), with_default("b")));
  CAF_CHECK(same(with_default(nullptr), with_default(nullptr)));
  CAF_CHECK(same(with_default(list{}), with_default(list{})));
  CAF_CHECK(!same(with_default(list{}), with_default(dict{})));
  CAF_MESSAGE("what takes long to compare is not shared");
  CAF_CHECK(!same(with_default(list{1}), with_default(list{1})));
}

CAF_TEST(function objects with the same code) {
  auto make = [](int x) { return expose("f", [x] { return x; }); };
  auto one = make(1);
  auto two = make(2);
  CAF_CHECK(same(one, two));
  CAF_CHECK_EQUAL(call(one), "1");
  CAF_CHECK_EQUAL(call(two), "2");
  CAF_MESSAGE("wrapped ones, too");
  std::function<int(int)> wrapped = first;
  std::function<int(int)> other = second;
  CAF_CHECK(same(expose("f", wrapped), expose("f", other)));
  CAF_CHECK_EQUAL(call(expose("f", other), {1}), "2");
}

CAF_TEST(functions that get all arguments) {
  auto f = [](arguments xs) { return xs.args.size(); };
  CAF_CHECK(same(expose("f", f), expose("f", f)));
  CAF_CHECK(same(expose("f", f), expose("f", f, {"ignored"})));
  exposed plain{"f", [](arguments& xs) -> call_result {
                  return value{std::exchange(xs.args, {})};
                }};
  CAF_CHECK_EQUAL(plain.name(), "f");
  CAF_CHECK_EQUAL(plain.identity(), "");
  CAF_CHECK_EQUAL(call(plain, {1, 2}), "[1, 2]");
  exposed known{"f", {}, "id"};
  CAF_CHECK_EQUAL(known.identity(), "id");
}

// -- objects ------------------------------------------------------------------

CAF_TEST(copies call the same function object) {
  auto f = expose("f", [n = 0]() mutable { return ++n; });
  auto g = f;
  CAF_CHECK_EQUAL(call(f), "1");
  CAF_CHECK_EQUAL(call(g), "2");
  auto h = std::move(f);
  CAF_CHECK_EQUAL(call(h), "3");
  f = h;
  CAF_CHECK_EQUAL(call(f), "4");
}

CAF_TEST(function objects go with their last copy) {
  int count = 0;
  {
    std::optional<exposed> f = expose("f", witness{count});
    CAF_CHECK_EQUAL(count, 1);
    std::optional<exposed> g = f;
    CAF_CHECK_EQUAL(count, 1);
    f.reset();
    CAF_CHECK_EQUAL(call(*g), "1");
    g = expose("g", first);
    CAF_CHECK_EQUAL(count, 0);
    g = expose("f", witness{count});
    auto h = std::move(*g);
    CAF_CHECK_EQUAL(count, 1);
  }
  CAF_CHECK_EQUAL(count, 0);
}

CAF_TEST(functions that remove themselves) {
  shelf x;
  int count = 0;
  x.router().add(expose("clear", [&x, there = witness{count}] {
    x.router().clear();
    return there();
  }));
  CAF_CHECK_EQUAL(call(at(x, "clear")), "1");
  CAF_CHECK_EQUAL(count, 0);
  CAF_MESSAGE("or are a member function, whose description goes");
  struct cleared : service {
    cleared() {
      expose("clear", &cleared::clear, {"text"});
    }

    std::string clear(std::string text) {
      router().clear();
      return text + "!";
    }
  };
  cleared y;
  CAF_CHECK_EQUAL(call(**y.router().resolve("clear"), {"gone"}), "'gone!'");
  CAF_CHECK(!y.router().resolve("clear"));
}

CAF_TEST(functions of a base class and of a constant) {
  struct base {
    virtual ~base() = default;

    virtual int get() const {
      return 1;
    }
  };
  struct other {
    int before = 0;
  };
  struct derived : other, base {
    int get() const override {
      return 2;
    }
  };
  derived x;
  const derived y;
  const base z;
  CAF_CHECK_EQUAL(call(expose("f", &x, &base::get)), "2");
  CAF_CHECK_EQUAL(call(expose("f", &x, &derived::get)), "2");
  CAF_CHECK_EQUAL(call(expose("f", &y, &base::get)), "2");
  CAF_CHECK_EQUAL(call(expose("f", &z, &base::get)), "1");
  CAF_CHECK(same(expose("f", &y, &base::get), expose("f", &z, &base::get)));
}
