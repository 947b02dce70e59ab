#include "directory.hpp"
#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/router.hpp"
#include "caf/aiomas/service.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace caf::aiomas;

namespace stages {

namespace {

class find_stage final : public stage {
public:
  find_stage() {
    for (size_t i = 0; i < batch; ++i)
      requests_.push_back(list{path_of(i % directory::agents),
                               list{payloads.front().make()}, dict{}});
    found_.reserve(batch);
  }

  void prepare() override {
    found_.clear();
    contents_ = requests_;
  }

  void run() override {
    for (auto& content : contents_)
      found_.push_back(agents_.find(std::move(content)));
  }

  void check() const override {
    auto good = [](const directory::order& x) {
      return x.agent && x.what.path == function_name
             && x.what.with.args.size() == 1;
    };
    require(found_.size() == batch && std::ranges::all_of(found_, good),
            "an agent was not found");
  }

private:
  directory agents_;
  std::vector<value> requests_;
  std::vector<value> contents_;
  std::vector<directory::order> found_;
};

// The function is one of four.
class resolve_stage final : public stage {
public:
  void prepare() override {
    count_ = 0;
  }

  void run() override {
    for (size_t i = 0; i < batch; ++i) {
      auto found = functions_.router().resolve(path_);
      if (found && (*found)->name() == path_)
        ++count_;
    }
  }

  void check() const override {
    require(count_ == batch, "a function was not found");
  }

private:
  tally calls_;
  std::string path_ = function_name;
  size_t count_ = 0;
  routing_dict functions_{payloads.front().expose(calls_),
                          expose("start", [] {}), expose("state", [] {}),
                          expose("stop", [] {})};
};

} // namespace

void register_route() {
  add<find_stage>("find");
  add<resolve_stage>("resolve");
}

} // namespace stages
