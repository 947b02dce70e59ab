// Remote procedure calls without agents: a service with a sub-service, and a
// client that lets the server call it back.

#include "caf/aiomas/all.hpp"

#include <cmath>
#include <iostream>
#include <string>

using namespace caf;

namespace {

class trigonometry : public aiomas::service {
public:
  trigonometry() {
    expose("hypot", &trigonometry::hypot, {"a", "b"});
  }

  double hypot(double a, double b) {
    return std::sqrt(a * a + b * b);
  }
};

class math : public aiomas::service {
public:
  math() : service("Math") {
    expose("add", [](int a, int b) { return a + b; }, {"a", "b"});
    expose("divide", &math::divide, {"a", "b"});
    expose("ask_back", &math::ask_back, {"who"});
    expose("trig", trig_);
  }

  double divide(double a, double b) {
    if (b == 0)
      throw aiomas::python_error("ZeroDivisionError", "division by zero");
    return a / b;
  }

  /// Calls the client while the client waits for our reply.
  aiomas::promise<std::string> ask_back(aiomas::proxy who) {
    auto result = make_promise<std::string>();
    who.call<std::string>("name").then(
      self(),
      [result](std::string name) { result.deliver("Hello, " + name + "!"); },
      result);
    return result;
  }

private:
  trigonometry trig_;
};

template <class T>
void print(const char* what, const expected<T>& result) {
  if (result)
    std::cout << what << " = " << *result << std::endl;
  else
    std::cout << what << " failed: " << aiomas::describe(result.error())
              << std::endl;
}

void caf_main(actor_system& sys, const aiomas::config&) {
  auto service = aiomas::hosted_service::make<math>(sys);
  auto server = aiomas::rpc::start_server(sys, {"localhost", 0}, service).get();
  if (!server) {
    std::cerr << aiomas::describe(server.error()) << '\n';
    return;
  }
  aiomas::hosted_service ours{
    sys, {aiomas::expose("name", [] { return std::string{"client"}; })}};
  auto client
    = aiomas::rpc::open_connection(sys, server->address(), ours).get();
  if (!client) {
    std::cerr << aiomas::describe(client.error()) << '\n';
    return;
  }
  auto remote = client->remote();
  print("add(3, 4)", remote.call<int>("add", 3, 4).get());
  print("divide(b=2, a=1)",
        remote.call<double>("divide", aiomas::kw("b", 2), aiomas::kw("a", 1))
          .get());
  print("trig/hypot(3, 4)", remote["trig"]["hypot"].call<double>(3, 4).get());
  print("ask_back(us)", remote.call<std::string>("ask_back", ours).get());
  print("divide(1, 0)", remote.call<double>("divide", 1, 0).get());
  print("nope()", remote.call<int>("nope").get());
}

} // namespace

CAF_MAIN(aiomas::middleman)
