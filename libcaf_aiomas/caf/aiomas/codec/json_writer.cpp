#include "caf/aiomas/codec/json_writer.hpp"

#include "caf/aiomas/detail/float_repr.hpp"
#include "caf/aiomas/detail/json_key.hpp"
#include "caf/aiomas/detail/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace caf::aiomas::detail {

namespace {

// What stands after the backslash of characters that need one, 0 for all
// others.
constexpr auto escapes = [] {
  std::array<char, 256> result{};
  for (size_t c = 0; c < 0x20; ++c)
    result[c] = 'u';
  result['\b'] = 'b';
  result['\f'] = 'f';
  result['\n'] = 'n';
  result['\r'] = 'r';
  result['\t'] = 't';
  result['"'] = '"';
  result['\\'] = '\\';
  return result;
}();

constexpr char escape_of(char c) noexcept {
  return escapes[static_cast<unsigned char>(c)];
}

/// Grows as needed. What goes far over its limit is dropped, so that a limit
/// bounds the memory as well.
class output {
public:
  void reset(size_t limit) {
    // A single large message must not cost memory for ever.
    if (capacity() > max_kept)
      allocate(min_capacity);
    pos_ = buf_.get();
    limit_ = limit;
    overflow_ = false;
  }

  void put(char c) {
    *reserve(1) = c;
    ++pos_;
  }

  void append(std::string_view text) {
    std::copy(text.begin(), text.end(), reserve(text.size()));
    pos_ += text.size();
  }

  template <class T>
  void append_integer(T x) {
    constexpr size_t max_digits = 20;
    auto first = reserve(max_digits);
    pos_ = std::to_chars(first, first + max_digits, x).ptr;
  }

  size_t size() const noexcept {
    return static_cast<size_t>(pos_ - buf_.get());
  }

  const std::byte* data() const noexcept {
    return reinterpret_cast<const std::byte*>(buf_.get());
  }

  /// Whether what was written and `n` more bytes are longer than the limit.
  bool exceeds_limit_with(size_t n) const noexcept {
    return overflow_ || size() > limit_ || n > limit_ - size();
  }

private:
  static constexpr size_t min_capacity = 1024;
  static constexpr size_t max_kept = size_t{1} << 20;

  size_t capacity() const noexcept {
    return static_cast<size_t>(end_ - buf_.get());
  }

  // Returns where the next `n` bytes go.
  char* reserve(size_t n) {
    if (static_cast<size_t>(end_ - pos_) < n)
      make_room(n);
    return pos_;
  }

  void allocate(size_t n) {
    buf_ = std::make_unique_for_overwrite<char[]>(n);
    pos_ = buf_.get();
    end_ = pos_ + n;
  }

  void make_room(size_t n) {
    auto old_size = size();
    if (old_size > limit_) {
      overflow_ = true;
      old_size = 0;
    }
    auto old = std::move(buf_);
    allocate(std::max(2 * old_size + n, min_capacity));
    pos_ = std::copy_n(old.get(), old_size, pos_);
  }

  std::unique_ptr<char[]> buf_;
  char* pos_ = nullptr;
  char* end_ = nullptr;
  size_t limit_ = 0;
  bool overflow_ = false;
};

} // namespace

class json_writer::impl {
public:
  // Appends what `write_all` writes to `out`, unless it fails.
  template <class F>
  outcome<void> run(const serializers& types, const codec_limits& limits,
                    byte_buffer& out, F&& write_all) {
    types_ = &types;
    limits_ = limits;
    failure_ = {};
    out_.reset(limits.max_size);
    if (!write_all() || !check_size())
      return std::move(failure_);
    out.insert(out.end(), out_.data(), out_.data() + out_.size());
    return {};
  }

  // -- values -----------------------------------------------------------------

  bool write_triple(int64_t type, const value& id, const value& content) {
    out_.put('[');
    out_.append_integer(type);
    out_.put(',');
    if (!write(id, 0))
      return false;
    out_.put(',');
    return write(content, 0) && put(']');
  }

  // Writes `x`, which stands inside of `depth` containers.
  bool write(const value& x, size_t depth) {
    switch (x.type()) {
      case value::kind::null:
        return append("null");
      case value::kind::boolean:
        return append(*x.get_if<bool>() ? "true" : "false");
      case value::kind::integer:
        out_.append_integer(*x.get_if<int64_t>());
        return true;
      case value::kind::uinteger:
        out_.append_integer(*x.get_if<uint64_t>());
        return true;
      case value::kind::floating:
        return write_float(*x.get_if<double>());
      case value::kind::string:
        return write_string(*x.get_if<std::string_view>());
      case value::kind::bytes:
      case value::kind::extension:
        return fail(errc::serialization_error,
                    std::string{"No serializer found for type \""}
                      + python_type_name(x) + '"');
      case value::kind::list:
        return write_list(*x.get_if<list>(), depth);
      case value::kind::dict:
        return write_dict(*x.get_if<dict>(), depth);
      case value::kind::tagged:
        return write_tagged(*x.get_if<tagged>(), depth);
      case value::kind::object:
        return write_object(*x.get_if<object>(), depth);
    }
    return fail(errc::serialization_error, "value without a type");
  }

private:
  bool put(char c) {
    out_.put(c);
    return true;
  }

  bool append(std::string_view text) {
    out_.append(text);
    return true;
  }

  bool write_float(double x) {
    if (auto name = json_float_name(x); !name.empty())
      return append(name);
    return append(float_repr{x}.view());
  }

  bool write_string(std::string_view text) {
    // Checked first, so that a limit also bounds the work.
    if (out_.exceeds_limit_with(text.size()))
      return fail_size();
    if (auto pos = utf8_valid_prefix(text); pos != text.size())
      return fail(errc::serialization_error,
                  "string is not valid UTF-8 from its byte "
                    + std::to_string(pos) + " on");
    out_.put('"');
    for (;;) {
      auto next = std::find_if(text.begin(), text.end(), escape_of);
      auto plain = static_cast<size_t>(next - text.begin());
      out_.append(text.substr(0, plain));
      if (next == text.end())
        break;
      write_escape(*next);
      text.remove_prefix(plain + 1);
    }
    return put('"');
  }

  void write_escape(char c) {
    constexpr char digits[] = "0123456789abcdef";
    auto mark = escape_of(c);
    out_.put('\\');
    out_.put(mark);
    if (mark == 'u') {
      out_.append("00");
      out_.put(digits[c >> 4]);
      out_.put(digits[c & 15]);
    }
  }

  bool write_list(const list& xs, size_t depth) {
    if (!check_nesting(depth + 1))
      return false;
    out_.put('[');
    for (auto& x : xs) {
      if (&x != xs.data())
        out_.put(',');
      if (!write(x, depth + 1) || !check_size())
        return false;
    }
    return put(']');
  }

  bool write_dict(const dict& xs, size_t depth) {
    if (!check_nesting(depth + 1))
      return false;
    if (auto ok = types_->check_keys(xs); !ok)
      return fail(ok.error().code, std::move(ok.error().text));
    out_.put('{');
    auto first = xs.begin();
    for (auto i = first; i != xs.end(); ++i) {
      if (i != first)
        out_.put(',');
      if (!write_key(i->first) || !put(':') || !write(i->second, depth + 1)
          || !check_size())
        return false;
    }
    return put('}');
  }

  bool write_key(const value& key) {
    if (auto text = key.get_if<std::string_view>())
      return write_string(*text);
    if (auto text = json_key(key))
      return write_string(*text);
    return fail(errc::serialization_error, json_key_error(key));
  }

  bool write_object(const object& x, size_t depth) {
    auto pair = types_->serialize(x);
    if (!pair)
      return fail(pair.error().code, std::move(pair.error().text));
    return write_tagged(*pair, depth);
  }

  bool write_tagged(const tagged& x, size_t depth) {
    if (!check_nesting(depth + 2))
      return false;
    out_.append("{\"__type__\":[");
    out_.append_integer(x.type_id);
    out_.put(',');
    return write(x.content, depth + 2) && append("]}");
  }

  // -- failures ---------------------------------------------------------------

  bool fail(errc code, std::string text) {
    failure_ = fault{code, std::move(text)};
    return false;
  }

  bool check_nesting(size_t depth) {
    if (depth <= limits_.max_nesting)
      return true;
    return fail(errc::serialization_error,
                "nested deeper than " + std::to_string(limits_.max_nesting));
  }

  bool check_size() {
    return !out_.exceeds_limit_with(0) || fail_size();
  }

  bool fail_size() {
    return fail(errc::message_too_large, "message is longer than "
                                           + std::to_string(limits_.max_size)
                                           + " bytes");
  }

  output out_;
  const serializers* types_ = nullptr;
  codec_limits limits_;
  fault failure_;
};

json_writer::json_writer() : impl_(std::make_unique<impl>()) {
  // nop
}

json_writer::~json_writer() = default;

outcome<void> json_writer::write(const value& x, const serializers& types,
                                 const codec_limits& limits, byte_buffer& out) {
  return impl_->run(types, limits, out, [&] { return impl_->write(x, 0); });
}

outcome<void> json_writer::write_message(int64_t type, const value& id,
                                         const value& content,
                                         const serializers& types,
                                         const codec_limits& limits,
                                         byte_buffer& out) {
  return impl_->run(types, limits, out,
                    [&] { return impl_->write_triple(type, id, content); });
}

} // namespace caf::aiomas::detail
