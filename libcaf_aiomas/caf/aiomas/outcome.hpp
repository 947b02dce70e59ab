#pragma once

#include "caf/aiomas/errc.hpp"

#include <string>
#include <utility>
#include <variant>

namespace caf::aiomas {

/// Why something failed, in the layers that know nothing of CAF: a code and a
/// text for people. Upper layers turn it into a `caf::error`.
struct fault {
  errc code = errc::none;

  /// Says what went wrong; of a `remote_exception`, the peer's traceback.
  std::string text;

  /// Of a `remote_exception`, the peer it came from; of a `handler_failed`, the
  /// name of the exception's type. Empty otherwise.
  std::string origin = {};

  friend bool operator==(const fault&, const fault&) = default;
};

/// Renders a fault as "code: text".
std::string to_string(const fault& what);

/// Either a `T` or the `fault` that prevented it. What `caf::expected` is to
/// CAF, for code that does not link CAF.
template <class T>
class [[nodiscard]] outcome {
public:
  using value_type = T;

  outcome(T x) : data_(std::in_place_index<0>, std::move(x)) {
    // nop
  }

  outcome(fault x) : data_(std::in_place_index<1>, std::move(x)) {
    // nop
  }

  explicit operator bool() const noexcept {
    return data_.index() == 0;
  }

  T& operator*() & {
    return std::get<0>(data_);
  }

  const T& operator*() const& {
    return std::get<0>(data_);
  }

  T&& operator*() && {
    return std::get<0>(std::move(data_));
  }

  T* operator->() {
    return &std::get<0>(data_);
  }

  const T* operator->() const {
    return &std::get<0>(data_);
  }

  /// The fault. Throws `std::bad_variant_access` if there is none.
  fault& error() & {
    return std::get<1>(data_);
  }

  const fault& error() const& {
    return std::get<1>(data_);
  }

  fault&& error() && {
    return std::get<1>(std::move(data_));
  }

private:
  std::variant<T, fault> data_;
};

/// Nothing, or the `fault` that prevented it.
template <>
class [[nodiscard]] outcome<void> {
public:
  using value_type = void;

  outcome() = default;

  outcome(fault x) : fault_(std::move(x)) {
    // nop
  }

  explicit operator bool() const noexcept {
    return fault_.code == errc::none;
  }

  fault& error() & {
    return fault_;
  }

  const fault& error() const& {
    return fault_;
  }

  fault&& error() && {
    return std::move(fault_);
  }

private:
  fault fault_;
};

} // namespace caf::aiomas
