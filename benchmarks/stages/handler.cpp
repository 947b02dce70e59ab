#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/expose.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace caf::aiomas;

namespace stages {

namespace {

class handler_stage final : public stage {
public:
  explicit handler_stage(const payload& what)
    : function_(what.expose(count_)),
      arguments_(arguments_of(what)),
      expected_(what.make()) {
    results_.reserve(batch);
  }

  void prepare() override {
    results_.clear();
    inputs_.assign(batch, arguments_);
    before_ = count_.calls();
  }

  void run() override {
    for (auto& input : inputs_) {
      auto with = std::move(input); // ends here, as with a message
      results_.push_back(function_(with));
    }
  }

  void check() const override {
    auto good = [this](const call_result& x) {
      auto result = std::get_if<value>(&x);
      return result != nullptr && *result == expected_;
    };
    require(count_.calls() - before_ == batch
              && std::ranges::all_of(results_, good),
            "a function was not called");
  }

private:
  tally count_;
  exposed function_;
  arguments arguments_;
  value expected_;
  std::vector<arguments> inputs_;
  std::vector<call_result> results_;
  size_t before_ = 0;
};

} // namespace

void register_handler() {
  for (auto& what : payloads)
    add<handler_stage>(std::string{"handler/"} + what.name, what);
}

} // namespace stages
