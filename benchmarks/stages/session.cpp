#include "directory.hpp"
#include "input.hpp"
#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/service.hpp"
#include "caf/aiomas/session.hpp"

#include <utility>
#include <variant>

using namespace caf::aiomas;

namespace stages {

namespace {

/// Calls at once whom a request is for.
class session_stage final : public stage, session::listener {
public:
  session_stage(const char* format, const payload& what)
    : functions_{what.expose(count_)},
      in_(requests(format, what)),
      expected_(replies(format, what)),
      session_(codec_by_name(format)(), session_limits{}, *this, traffic_) {
    // nop
  }

  void prepare() override {
    before_ = count_.calls();
    bytes_ = 0;
  }

  void run() override {
    for (size_t i = 0; i < batch; i += depth) {
      feed(
        in_, [this] { return session_.prepare(); },
        [this](size_t n) {
          session_.commit(n, session::clock::now());
          take_replies();
        });
    }
  }

  void check() const override {
    require(count_.calls() - before_ == batch
              && bytes_ == batch / depth * expected_.size(),
            "a request was not answered");
  }

private:
  void take_replies() {
    if (!session_.has_output())
      return;
    session_.take_output(out_);
    session_.written(out_.size(), session::clock::now());
    bytes_ += out_.size();
  }

  void on_request(inbound_id&& id, value&& content) override {
    auto request = agents_.find(std::move(content));
    auto function = functions_.router().resolve(request.what.path);
    if (!request.agent || !function)
      return; // not answered, which `check` notices
    auto result = (**function)(request.what.with);
    if (auto x = std::get_if<value>(&result))
      session_.reply(id, *x, session::clock::now());
  }

  void on_closed(const fault&) override {
    // nop; nothing more is answered
  }

  tally count_;
  directory agents_;
  routing_dict functions_;
  byte_buffer in_;
  byte_buffer expected_;
  gathered_bytes out_;
  detail::session_traffic traffic_;
  session session_;
  size_t before_ = 0;
  size_t bytes_ = 0;
};

} // namespace

void register_session() {
  for (auto format : formats)
    for (auto& what : payloads)
      add<session_stage>(name_of("session", format, what), format, what);
}

} // namespace stages
