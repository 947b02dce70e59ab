#include "caf/aiomas/message_types.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/error.hpp"

#include <caf/atom.hpp>

#include <algorithm>
#include <utility>

namespace caf::aiomas {

void add_message_types(actor_system_config& cfg) {
  cfg.add_message_type<value>("caf::aiomas::value")
    .add_message_type<invocation>("caf::aiomas::invocation");
  cfg.add_error_category(
    atom("aiomas"), [](uint8_t code, atom_value, const message& context) {
      return describe(error{code, atom("aiomas"), context});
    });
}

namespace detail {

namespace {

using kind = value::kind;

error cannot_load(const char* why) {
  return make_error(errc::deserialization_error, std::string{why});
}

// -- saving -------------------------------------------------------------------

class saver {
public:
  explicit saver(caf::serializer& to) : to_(to) {
    // nop
  }

  error operator()(const value& x) {
    auto tag = static_cast<uint8_t>(x.type());
    if (auto failed = to_(tag))
      return failed;
    return x.visit(*this);
  }

  error operator()(null_t) {
    return none;
  }

  error operator()(const object&) {
    return make_error(errc::serialization_error,
                      std::string{"Objects cannot be sent to another node"});
  }

  error operator()(const extension& x) {
    if (auto failed = (*this)(x.code))
      return failed;
    return (*this)(std::span{x.data});
  }

  error operator()(std::string_view x) {
    std::string text{x};
    return to_(text);
  }

  error operator()(std::span<const std::byte> x) {
    auto size = x.size();
    if (auto failed = to_.begin_sequence(size))
      return failed;
    auto bytes = const_cast<std::byte*>(x.data());
    if (auto failed = to_.apply_raw(size, bytes))
      return failed;
    return to_.end_sequence();
  }

  error operator()(const list& xs) {
    return sequence(xs);
  }

  error operator()(const dict& xs) {
    return sequence(xs);
  }

  error operator()(const dict::entry& x) {
    if (auto failed = (*this)(x.first))
      return failed;
    return (*this)(x.second);
  }

  error operator()(const tagged& x) {
    if (auto failed = (*this)(x.type_id))
      return failed;
    return (*this)(x.content);
  }

  /// Numbers and strings.
  template <class T>
  error operator()(const T& x) {
    return to_(const_cast<T&>(x)); // only read
  }

private:
  template <class T>
  error sequence(const T& xs) {
    auto size = xs.size();
    if (auto failed = to_.begin_sequence(size))
      return failed;
    for (auto& x : xs)
      if (auto failed = (*this)(x))
        return failed;
    return to_.end_sequence();
  }

  caf::serializer& to_;
};

// -- loading ------------------------------------------------------------------

constexpr size_t chunk_size = size_t{64} << 10;

class loader {
public:
  explicit loader(deserializer& from) : from_(from) {
    // nop
  }

  error operator()(value& x) {
    uint8_t tag = 0;
    if (auto failed = from_(tag))
      return failed;
    if (++depth_ > defaults::max_nesting + 1)
      return cannot_load("too deeply nested");
    auto result = content(static_cast<kind>(tag), x);
    --depth_;
    return result;
  }

private:
  error content(kind what, value& x) {
    switch (what) {
      case kind::null:
        x = value{};
        return none;
      case kind::boolean:
        return plain<bool>(x);
      case kind::integer:
        return plain<int64_t>(x);
      case kind::uinteger:
        return plain<uint64_t>(x);
      case kind::floating:
        return plain<double>(x);
      case kind::string:
        return plain<std::string>(x);
      case kind::bytes:
        return bytes(x);
      case kind::list:
        return elements(x);
      case kind::dict:
        return entries(x);
      case kind::tagged:
        return tagged_object(x);
      case kind::extension:
        return extended(x);
      default:
        return cannot_load("unknown kind of value");
    }
  }

  template <class T>
  error plain(value& x) {
    T content{};
    if (auto failed = from_(content))
      return failed;
    x = std::move(content);
    return none;
  }

  error extended(value& x) {
    extension result{};
    if (auto failed = from_(result.code))
      return failed;
    if (auto failed = bytes(result.data))
      return failed;
    x = std::move(result);
    return none;
  }

  template <class T>
  error bytes(T& x) {
    size_t size = 0;
    if (auto failed = from_.begin_sequence(size))
      return failed;
    byte_buffer result; // grows as the bytes come
    while (result.size() < size) {
      auto first = result.size();
      result.resize(std::min(size, first + chunk_size));
      if (auto failed = from_.apply_raw(result.size() - first, &result[first]))
        return failed;
    }
    x = std::move(result);
    return from_.end_sequence();
  }

  /// Calls `f` for each element. What the sizes claim is not believed.
  template <class F>
  error sequence(F f) {
    size_t size = 0;
    if (auto failed = from_.begin_sequence(size))
      return failed;
    for (size_t i = 0; i < size; ++i)
      if (auto failed = f())
        return failed;
    return from_.end_sequence();
  }

  error elements(value& x) {
    list xs;
    if (auto failed = sequence([&] { return (*this)(xs.emplace_back()); }))
      return failed;
    x = std::move(xs);
    return none;
  }

  error entries(value& x) {
    std::vector<dict::entry> xs;
    auto entry = [&] {
      auto& next = xs.emplace_back();
      if (auto failed = (*this)(next.first))
        return failed;
      return (*this)(next.second);
    };
    if (auto failed = sequence(entry))
      return failed;
    x = dict::from_entries(std::move(xs));
    return none;
  }

  error tagged_object(value& x) {
    tagged result{};
    if (auto failed = from_(result.type_id))
      return failed;
    if (auto failed = (*this)(result.content))
      return failed;
    x = std::move(result);
    return none;
  }

  deserializer& from_;
  size_t depth_ = 0;
};

/// An invocation as a list, with -1 for no timeout.
value pack(const invocation& x) {
  auto limit = x.timeout ? int64_t{x.timeout->count()} : int64_t{-1};
  return list{x.path, x.with.args, x.with.kwargs, limit};
}

error unpack(value& from, invocation& x) {
  auto parts = from.get_if<list>();
  if (parts == nullptr || parts->size() != 4)
    return cannot_load("not an invocation");
  auto path = (*parts)[0].get_if<std::string>();
  auto args = (*parts)[1].get_if<list>();
  auto kwargs = (*parts)[2].get_if<dict>();
  auto limit = (*parts)[3].get_if<int64_t>();
  if (!path || !args || !kwargs || !limit)
    return cannot_load("not an invocation");
  x = invocation::make(std::move(*path),
                       {std::move(*args), std::move(*kwargs)});
  if (*limit >= 0)
    x.timeout = std::chrono::nanoseconds{*limit};
  return none;
}

} // namespace

error save(caf::serializer& to, const value& x) {
  return saver{to}(x);
}

error save(caf::serializer& to, const invocation& x) {
  return saver{to}(pack(x));
}

error load(caf::deserializer& from, value& x) {
  return loader{from}(x);
}

error load(caf::deserializer& from, invocation& x) {
  value packed;
  if (auto failed = loader{from}(packed))
    return failed;
  return unpack(packed, x);
}

} // namespace detail

} // namespace caf::aiomas
