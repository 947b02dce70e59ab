#include "caf/aiomas/codec/msgpack_writer.hpp"

#include "caf/aiomas/codec/hashable.hpp"
#include "caf/aiomas/codec/writer_base.hpp"

#include <msgpack.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace caf::aiomas::detail {

class msgpack_writer::impl : public writer_base {
public:
  using writer_base::run;

  // Like `run`, but leaves the bytes where they are.
  template <class F>
  outcome<std::span<const std::byte>> run_in_place(const serializers& types,
                                                   const codec_limits& limits,
                                                   F&& write_all) {
    if (!run(types, limits, std::forward<F>(write_all)))
      return std::move(failure_);
    return out_.bytes();
  }

  void release() {
    out_.release();
  }

  bool write_triple(int64_t type, const value& id, const value& content) {
    packer_.pack_array(3);
    packer_.pack_int64(type);
    return write(id, 0) && write(content, 0);
  }

  // Writes `x`, which stands inside of `depth` containers.
  bool write(const value& x, size_t depth) {
    switch (x.type()) {
      case value::kind::null:
        packer_.pack_nil();
        return true;
      case value::kind::boolean:
        return write_bool(*x.get_if<bool>());
      case value::kind::integer:
        packer_.pack_int64(*x.get_if<int64_t>());
        return true;
      case value::kind::uinteger:
        packer_.pack_uint64(*x.get_if<uint64_t>());
        return true;
      case value::kind::floating:
        return write_float(*x.get_if<double>());
      case value::kind::string:
        return write_string(x);
      case value::kind::bytes:
        return write_bytes(x);
      case value::kind::extension:
        return write_extension(*x.get_if<extension>());
      case value::kind::list:
        return write_list(*x.get_if<list>(), depth);
      case value::kind::dict:
        return write_dict(*x.get_if<dict>(), depth);
      case value::kind::tagged:
        return write_tagged(*x.get_if<tagged>(), depth);
      case value::kind::object:
        return serialize(*x.get_if<object>(),
                         [this, depth](const tagged& pair) {
                           return write_tagged(pair, depth);
                         });
    }
    return fail(errc::serialization_error, "value without a type");
  }

private:
  bool write_bool(bool x) {
    if (x)
      packer_.pack_true();
    else
      packer_.pack_false();
    return true;
  }

  // Not `pack_double`, which makes an integer of every whole number.
  bool write_float(double x) {
    auto bits = std::bit_cast<uint64_t>(x);
    std::array<char, 9> bytes{'\xCB'};
    for (size_t i = 1; i < bytes.size(); ++i)
      bytes[i] = static_cast<char>(bits >> (64 - 8 * i));
    out_.append({bytes.data(), bytes.size()});
    return true;
  }

  // That there is room for them also means that sizes fit into 32 bits.

  bool write_string(std::string_view text) {
    if (!begin_string(text))
      return false;
    packer_.pack_str_body(text.data(), static_cast<uint32_t>(text.size()));
    return true;
  }

  bool write_string(const value& x) {
    auto shared = x.get_if<shared_string>();
    if (shared == nullptr)
      return write_string(*x.get_if<std::string_view>());
    auto text = shared->view();
    if (!begin_string(text))
      return false;
    out_.append_shared(*shared);
    return true;
  }

  bool begin_string(std::string_view text) {
    if (!check_text(text))
      return false;
    packer_.pack_str(static_cast<uint32_t>(text.size()));
    return true;
  }

  bool write_bytes(const value& x) {
    auto bytes = *x.get_if<std::span<const std::byte>>();
    if (!check_room(bytes.size()))
      return false;
    auto size = static_cast<uint32_t>(bytes.size());
    packer_.pack_bin(size);
    if (auto shared = x.get_if<shared_bytes>())
      out_.append_shared(*shared);
    else
      packer_.pack_bin_body(reinterpret_cast<const char*>(bytes.data()), size);
    return true;
  }

  bool write_extension(const extension& x) {
    if (!check_room(x.data.size()))
      return false;
    packer_.pack_ext(x.data.size(), x.code);
    packer_.pack_ext_body(reinterpret_cast<const char*>(x.data.data()),
                          static_cast<uint32_t>(x.data.size()));
    return true;
  }

  bool write_list(const list& xs, size_t depth) {
    if (!check_nesting(depth + 1) || !check_room(xs.size()))
      return false;
    packer_.pack_array(static_cast<uint32_t>(xs.size()));
    return std::all_of(xs.begin(), xs.end(), [this, depth](const value& x) {
      return write(x, depth + 1) && check_size();
    });
  }

  bool write_dict(const dict& xs, size_t depth) {
    if (!check_nesting(depth + 1) || !check_room(xs.size()))
      return false;
    packer_.pack_map(static_cast<uint32_t>(xs.size()));
    return std::all_of(xs.begin(), xs.end(), [&](const dict::entry& entry) {
      return write_key(entry.first, depth + 1) && write(entry.second, depth + 1)
             && check_size();
    });
  }

  bool write_key(const value& key, size_t depth) {
    if (auto text = key.get_if<std::string_view>())
      return check_key(*text) && write_string(*text);
    if (!is_hashable(key))
      return fail(errc::serialization_error, not_hashable);
    return write(key, depth);
  }

  bool write_tagged(const tagged& x, size_t depth) {
    if (!check_nesting(depth + 2))
      return false;
    packer_.pack_map(1);
    write_string(std::string_view{"__type__"});
    packer_.pack_array(2);
    packer_.pack_int64(x.type_id);
    return write(x.content, depth + 2);
  }

  msgpack::packer<bounded_output> packer_{out_};
};

void msgpack_writer::release() {
  impl_->release();
}

msgpack_writer::msgpack_writer() : impl_(std::make_unique<impl>()) {
  // nop
}

msgpack_writer::~msgpack_writer() = default;

outcome<void> msgpack_writer::write(const value& x, const serializers& types,
                                    const codec_limits& limits,
                                    byte_buffer& out) {
  return impl_->run(types, limits, out, [&] { return impl_->write(x, 0); });
}

outcome<void> msgpack_writer::write_message(
  int64_t type, const value& id, const value& content, const serializers& types,
  const codec_limits& limits, byte_buffer& out, shared_pieces* apart) {
  auto write_all = [&] { return impl_->write_triple(type, id, content); };
  return impl_->run(types, limits, out, write_all, apart);
}

outcome<std::span<const std::byte>>
msgpack_writer::write(const value& x, const serializers& types,
                      const codec_limits& limits) {
  return impl_->run_in_place(types, limits, [&] { return impl_->write(x, 0); });
}

outcome<std::span<const std::byte>>
msgpack_writer::write_message(int64_t type, const value& id,
                              const value& content, const serializers& types,
                              const codec_limits& limits) {
  return impl_->run_in_place(
    types, limits, [&] { return impl_->write_triple(type, id, content); });
}

} // namespace caf::aiomas::detail
