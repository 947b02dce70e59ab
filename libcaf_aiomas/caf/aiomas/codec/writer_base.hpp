#pragma once

#include "caf/aiomas/codec/bounded_output.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/detail/utf8.hpp"

#include <string>
#include <string_view>

namespace caf::aiomas::detail {

/// What the writers of all formats share: the output, the limits, and why
/// writing ended early. Functions that can fail return false if they did.
class writer_base {
protected:
  /// Leaves what `write_all` writes in `out_`, and large parts in `target` or
  /// `apart`. If it fails, `failure_` says why.
  template <class F>
  bool run(const serializers& types, const codec_limits& limits, F&& write_all,
           byte_buffer* target = nullptr, shared_pieces* apart = nullptr) {
    types_ = &types;
    limits_ = limits;
    failure_ = {};
    out_.reset(limits.max_size, target, apart);
    return write_all() && check_size();
  }

  /// Appends what `write_all` writes to `out`, unless it fails; large shared
  /// parts to `apart`, if that is not null.
  template <class F>
  outcome<void> run(const serializers& types, const codec_limits& limits,
                    byte_buffer& out, F&& write_all,
                    shared_pieces* apart = nullptr) {
    auto old_size = out.size();
    auto old_pieces = apart != nullptr ? apart->size() : 0;
    if (!run(types, limits, std::forward<F>(write_all), &out, apart)) {
      out.resize(old_size);
      if (apart != nullptr)
        apart->resize(old_pieces);
      return std::move(failure_);
    }
    out_.flush();
    out_.release();
    return {};
  }

  bool fail(errc code, std::string text);

  /// Fails if nothing may stand inside of `depth` containers.
  bool check_nesting(size_t depth) {
    return depth <= limits_.max_nesting || fail_nesting();
  }

  /// Fails if more was written than is allowed.
  bool check_size() {
    return check_room(0);
  }

  /// Fails if `n` more bytes are more than is allowed. Checked beforehand, a
  /// limit also bounds the work.
  bool check_room(size_t n) {
    return !out_.exceeds_limit_with(n) || fail_size();
  }

  /// Fails unless `text` is in UTF-8 and there is room for it.
  bool check_text(std::string_view text) {
    return check_room(text.size())
           && (ascii_prefix(text) == text.size() || check_utf8(text));
  }

  /// Fails if a dict with this key would be taken for an object.
  bool check_key(std::string_view key) {
    return types_->accepts_key(key) || fail_key();
  }

  /// Hands the pair that stands for `x` to `write_tagged`, and returns what
  /// that returns.
  template <class F>
  bool serialize(const object& x, F&& write_tagged) {
    auto pair = types_->serialize(x);
    if (!pair)
      return fail(pair.error().code, std::move(pair.error().text));
    return write_tagged(*pair);
  }

  bounded_output out_;
  fault failure_;

private:
  bool check_utf8(std::string_view text);
  bool fail_nesting();
  bool fail_key();
  bool fail_size();

  const serializers* types_ = nullptr;
  codec_limits limits_;
};

} // namespace caf::aiomas::detail
