#include "input.hpp"
#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/framing.hpp"

using namespace caf::aiomas;

namespace stages {

namespace {

// The bytes are copied in, which is part of what reading from a socket takes.
class frame_stage final : public stage {
public:
  frame_stage(const char* format, const payload& what)
    : frames_(requests(format, what)), expected_(request(format, what)) {
    // nop
  }

  void prepare() override {
    count_ = bytes_ = 0;
  }

  void run() override {
    for (size_t i = 0; i < batch; i += depth)
      feed(
        frames_, [this] { return splitter_.prepare(); },
        [this](size_t n) {
          splitter_.commit(n);
          take();
        });
  }

  void check() const override {
    require(count_ == batch && bytes_ == batch * expected_.size(),
            "not all frames were found");
  }

private:
  void take() {
    for (auto x = splitter_.next(); x && *x; x = splitter_.next()) {
      ++count_;
      bytes_ += (*x)->size();
    }
  }

  byte_buffer frames_;
  byte_buffer expected_;
  frame_splitter splitter_{defaults::max_payload};
  size_t count_ = 0;
  size_t bytes_ = 0;
};

} // namespace

void register_frame() {
  for (auto format : formats)
    for (auto& what : payloads)
      add<frame_stage>(name_of("frame", format, what), format, what);
}

} // namespace stages
