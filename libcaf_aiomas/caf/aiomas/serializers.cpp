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
  }
}

} // namespace

outcome<int64_t> serializers::add(serializer what) {
  auto has_type = [&what](const serializer& x) { return x.type == what.type; };
  if (std::any_of(entries_.begin(), entries_.end(), has_type))
    return fault{errc::invalid_argument,
                 "There is already a serializer for type \"" + what.type_name
                   + "\""};
  entries_.push_back(std::move(what));
  return static_cast<int64_t>(entries_.size()) - 1;
}

int64_t serializers::reserve() {
  entries_.push_back(serializer{typeid(unknown_type), {}, {}, {}});
  return static_cast<int64_t>(entries_.size()) - 1;
}

outcome<tagged> serializers::serialize(const object& what) const {
  auto find = [this](std::type_index type) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [type](const serializer& x) { return x.type == type; });
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
  if (!content)
    return std::move(content).error();
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

} // namespace caf::aiomas
