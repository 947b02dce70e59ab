#include "caf/aiomas/serializers.hpp"

#include "caf/aiomas/detail/type_name.hpp"

#include <algorithm>
#include <exception>

namespace caf::aiomas {

namespace {

// Stands for the types of `reserve`, which nothing else is a type of.
struct unknown_type {};

// Users write these functions: what they throw must not unwind a decoder.
template <class T, class F>
outcome<T> guarded(errc code, F&& fun) {
  try {
    return fun();
  } catch (const std::exception& ex) {
    return fault{code, ex.what()};
  } catch (...) {
    return fault{code, "unknown exception"};
  }
}

} // namespace

namespace detail {

any_serializer
make_serializer(const std::type_info& type,
                std::function<outcome<value>(const object&)> serialize,
                std::function<outcome<value>(value)> deserialize) {
  return {type, type_name(type), std::move(serialize), std::move(deserialize)};
}

fault looks_like_object() {
  return {errc::serialization_error,
          "A dict with the key \"__type__\" cannot be sent, since the "
          "receiver would take it for an object"};
}

} // namespace detail

any_serializer
fallback_serializer(std::function<outcome<value>(const object&)> serialize,
                    std::function<outcome<value>(value)> deserialize) {
  return {typeid(object), "object", std::move(serialize),
          std::move(deserialize)};
}

outcome<int64_t> serializers::add(any_serializer what) {
  auto has_type
    = [&what](const any_serializer& x) { return x.type == what.type; };
  if (what.type != typeid(unknown_type)
      && std::any_of(entries_.begin(), entries_.end(), has_type))
    return fault{errc::invalid_argument,
                 "There is already a serializer for type \"" + what.type_name
                   + "\""};
  entries_.push_back(std::move(what));
  return static_cast<int64_t>(entries_.size()) - 1;
}

outcome<void> serializers::add(std::span<const any_serializer> what) {
  for (auto& x : what)
    if (auto added = add(x); !added)
      return std::move(added).error();
  return {};
}

int64_t serializers::reserve() {
  entries_.push_back(any_serializer{typeid(unknown_type), {}, {}, {}});
  return static_cast<int64_t>(entries_.size()) - 1;
}

outcome<tagged> serializers::serialize(const object& what) const {
  auto find = [this](std::type_index type) {
    return std::find_if(
      entries_.begin(), entries_.end(),
      [type](const any_serializer& x) { return x.type == type; });
  };
  auto i = find(what.type());
  if (i == entries_.end())
    i = find(typeid(object));
  if (i == entries_.end() || !i->serialize)
    return fault{errc::serialization_error, "No serializer found for type \""
                                              + detail::type_name(what.type())
                                              + "\""};
  auto content = guarded<value>(errc::serialization_error,
                                [&] { return i->serialize(what); });
  if (!content) {
    auto& why = content.error();
    if (i->type == typeid(object))
      why.text.insert(0, "Could not serialize object \""
                           + to_string(value{what}) + "\": ");
    return std::move(why);
  }
  return tagged{i - entries_.begin(), *std::move(content)};
}

outcome<value> serializers::deserialize(tagged what) const {
  // Negative ids become huge ones.
  if (static_cast<uint64_t>(what.type_id) >= entries_.size())
    return fault{errc::deserialization_error, "No serializer found for type id "
                                                + std::to_string(what.type_id)};
  auto& entry = entries_[static_cast<size_t>(what.type_id)];
  if (!entry.deserialize) // reserved
    return value{std::move(what)};
  return guarded<value>(errc::deserialization_error, [&] {
    return entry.deserialize(std::move(what.content));
  });
}

outcome<void> serializers::check_keys(const dict& what) const {
  if (mode_ == mode::keep || !what.contains("__type__"))
    return {};
  return detail::looks_like_object();
}

} // namespace caf::aiomas
