#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec/msgpack.hpp"

#include <msgpack.hpp>

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace caf::aiomas;

namespace micro {

namespace {

std::string encoded(const sample& from) {
  caf::aiomas::byte_buffer bytes;
  caf::aiomas::msgpack_codec how;
  if (!how.encode(from.make().triple(), bytes))
    throw std::runtime_error("the message cannot be encoded");
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// -- between its objects and values -------------------------------------------

value to_value(const msgpack::object& x) {
  switch (x.type) {
    case msgpack::type::BOOLEAN:
      return x.via.boolean;
    case msgpack::type::POSITIVE_INTEGER:
      return x.via.u64;
    case msgpack::type::NEGATIVE_INTEGER:
      return x.via.i64;
    case msgpack::type::FLOAT32:
    case msgpack::type::FLOAT64:
      return x.via.f64;
    case msgpack::type::STR:
      return std::string_view{x.via.str.ptr, x.via.str.size};
    case msgpack::type::BIN: {
      auto first = reinterpret_cast<const std::byte*>(x.via.bin.ptr);
      return byte_buffer{first, first + x.via.bin.size};
    }
    case msgpack::type::ARRAY: {
      list xs;
      xs.reserve(x.via.array.size);
      for (uint32_t i = 0; i < x.via.array.size; ++i)
        xs.push_back(to_value(x.via.array.ptr[i]));
      return xs;
    }
    case msgpack::type::MAP: {
      std::vector<dict::entry> xs;
      xs.reserve(x.via.map.size);
      for (uint32_t i = 0; i < x.via.map.size; ++i)
        xs.emplace_back(to_value(x.via.map.ptr[i].key),
                        to_value(x.via.map.ptr[i].val));
      return dict::from_entries(std::move(xs));
    }
    default:
      return nullptr;
  }
}

msgpack::object to_object(const value& x, msgpack::zone& zone);

struct object_maker {
  msgpack::zone& zone;

  msgpack::object operator()(null_t) const {
    return {};
  }

  msgpack::object operator()(const list& xs) const {
    auto size = static_cast<uint32_t>(xs.size());
    msgpack::object result;
    result.type = msgpack::type::ARRAY;
    result.via.array.size = size;
    result.via.array.ptr = static_cast<msgpack::object*>(
      zone.allocate_align(sizeof(msgpack::object) * size));
    for (uint32_t i = 0; i < size; ++i)
      result.via.array.ptr[i] = to_object(xs[i], zone);
    return result;
  }

  msgpack::object operator()(const dict& xs) const {
    auto size = static_cast<uint32_t>(xs.size());
    msgpack::object result;
    result.type = msgpack::type::MAP;
    result.via.map.size = size;
    result.via.map.ptr = static_cast<msgpack::object_kv*>(
      zone.allocate_align(sizeof(msgpack::object_kv) * size));
    auto next = result.via.map.ptr;
    for (auto& [key, content] : xs)
      *next++ = {to_object(key, zone), to_object(content, zone)};
    return result;
  }

  msgpack::object operator()(std::string_view x) const {
    return msgpack::object{x, zone};
  }

  msgpack::object operator()(std::span<const std::byte> x) const {
    msgpack::type::raw_ref raw{reinterpret_cast<const char*>(x.data()),
                               static_cast<uint32_t>(x.size())};
    return msgpack::object{raw, zone};
  }

  template <class T>
  requires std::is_arithmetic_v<T> msgpack::object operator()(T x) const {
    return msgpack::object{x};
  }

  // The messages have nothing else.
  template <class T>
  requires std::is_class_v<T> msgpack::object operator()(const T&) const {
    return {};
  }
};

msgpack::object to_object(const value& x, msgpack::zone& zone) {
  return x.visit(object_maker{zone});
}

/// The way of a program that uses msgpack-c as its documentation shows it, with
/// values for its own objects.
void measure_by_way_of_objects(const sample& from) {
  using std::string;
  measure(string{"encode/msgpack/msgpack-c's objects/"} + from.name, [from] {
    auto what = std::make_shared<value>(from.make().triple());
    auto out = std::make_shared<msgpack::sbuffer>();
    return job{encoded(from).size(), [what, out] {
                 out->clear();
                 msgpack::zone zone;
                 msgpack::pack(*out, to_object(*what, zone));
                 return out->data();
               }};
  });
  measure(string{"decode/msgpack/msgpack-c's objects/"} + from.name, [from] {
    auto in = encoded(from);
    return job{in.size(), [in] {
                 auto tree = msgpack::unpack(in.data(), in.size());
                 return to_value(tree.get());
               }};
  });
}

// -- its objects alone --------------------------------------------------------

void measure_all(const sample& from) {
  using std::string;
  measure(string{"encode/msgpack/msgpack-c/"} + from.name, [from] {
    auto in = encoded(from);
    auto tree = std::make_shared<msgpack::object_handle>(
      msgpack::unpack(in.data(), in.size()));
    auto out = std::make_shared<msgpack::sbuffer>();
    return job{in.size(), [tree, out] {
                 out->clear();
                 msgpack::pack(*out, tree->get());
                 return out->data();
               }};
  });
  measure(string{"decode/msgpack/msgpack-c/"} + from.name, [from] {
    auto in = encoded(from);
    return job{in.size(),
               [in] { return msgpack::unpack(in.data(), in.size()); }};
  });
}

} // namespace

void register_msgpack_c() {
  for (auto& from : records) {
    measure_all(from);
    measure_by_way_of_objects(from);
  }
  measure_all(large_bytes);
}

} // namespace micro
