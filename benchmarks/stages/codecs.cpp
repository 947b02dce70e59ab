#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/framing.hpp"
#include "caf/aiomas/session.hpp"

#include <algorithm>
#include <memory>
#include <vector>

using namespace caf::aiomas;

namespace stages {

namespace {

// What is decoded is destroyed by those who use it up.
class decode_stage final : public stage {
public:
  decode_stage(const char* format, const payload& what)
    : codec_(codec_by_name(format)()),
      in_(request(format, what)),
      expected_(codec_->decode_message(in_).content) {
    results_.reserve(batch);
  }

  void prepare() override {
    results_.clear();
  }

  void run() override {
    for (size_t i = 0; i < batch; ++i)
      results_.push_back(codec_->decode_message(in_));
  }

  void check() const override {
    auto good = [this](const decoded_message& x) {
      return !x.error && x.content == expected_;
    };
    require(results_.size() == batch && std::ranges::all_of(results_, good),
            "a request was not decoded");
  }

private:
  std::unique_ptr<codec> codec_;
  byte_buffer in_;
  value expected_;
  std::vector<decoded_message> results_;
};

class encode_stage final : public stage {
public:
  encode_stage(const char* format, const payload& what)
    : codec_(codec_by_name(format)()),
      result_(what.make()),
      expected_(replies(format, what)) {
    // nop
  }

  void prepare() override {
    failures_ = 0;
  }

  void run() override {
    for (size_t i = 0; i < batch; i += depth) {
      out_.clear();
      for (size_t j = 0; j < depth; ++j)
        append_reply();
    }
  }

  void check() const override {
    require(failures_ == 0 && out_ == expected_, "a reply was not encoded");
  }

private:
  void append_reply() {
    constexpr auto type = static_cast<int64_t>(message_type::result);
    auto where = begin_frame(out_);
    if (!codec_->encode_message(type, id_, result_, out_)
        || !end_frame(out_, where, defaults::max_payload))
      ++failures_;
  }

  std::unique_ptr<codec> codec_;
  value id_ = 1;
  value result_;
  byte_buffer expected_;
  byte_buffer out_;
  size_t failures_ = 0;
};

} // namespace

void register_codecs() {
  for (auto format : formats)
    for (auto& what : payloads) {
      add<decode_stage>(name_of("decode", format, what), format, what);
      add<encode_stage>(name_of("encode", format, what), format, what);
    }
}

} // namespace stages
