#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caf::aiomas {

/// A parameter of an exposed function, as a Python caller sees it. A plain
/// string names one that must be given.
class parameter {
public:
  parameter(std::string name) : name_(std::move(name)) {
    // nop
  }

  parameter(const char* name) : name_(name) {
    // nop
  }

  /// Takes no positional argument, only `name=…`.
  parameter keyword_only() && {
    keyword_only_ = true;
    return std::move(*this);
  }

  parameter defaults_to(value x) && {
    fallback_ = std::move(x);
    return std::move(*this);
  }

  const std::string& name() const noexcept {
    return name_;
  }

  const std::optional<value>& fallback() const noexcept {
    return fallback_;
  }

  bool is_keyword_only() const noexcept {
    return keyword_only_;
  }

private:
  std::string name_;
  std::optional<value> fallback_;
  bool keyword_only_ = false;
};

/// A parameter that need not be given: `opt("loud", false)`.
template <class T>
parameter opt(std::string name, T&& fallback) {
  return parameter{std::move(name)}.defaults_to(
    to_value(std::forward<T>(fallback)));
}

/// What an exposed function takes.
class signature {
public:
  /// A parameter for each of `types`, which says what it accepts. Those that
  /// `named` leaves out have no name and must be given by position.
  signature(std::string function, std::vector<std::string_view> types,
            std::vector<parameter> named);

  const std::string& function() const noexcept {
    return function_;
  }

  /// Assigns the arguments of a call to `into`, one for each parameter. Fails
  /// with a `type_error` that names the function and what it takes.
  outcome<void> bind(arguments& from, std::span<value> into) const;

  /// Says that the argument for the parameter at `index` does not convert.
  fault wrong_argument(size_t index, const fault& why) const;

  /// Whether signatures that compare equal are the same. Not if a default is an
  /// object, for example, or a list of something.
  bool is_plain() const noexcept;

  size_t hash() const noexcept;

  friend bool operator==(const signature&, const signature&) = default;

  /// Renders a signature: `describe(name: str, *, loud: bool = False)`.
  friend std::string to_string(const signature& x);

private:
  struct slot {
    std::string name; // empty if there is none
    std::string_view type;
    std::optional<value> fallback;
    bool keyword_only = false;

    friend bool operator==(const slot&, const slot&) = default;
  };

  outcome<void> bind_keywords(dict& from, std::span<value> into,
                              std::vector<bool>& given) const;
  fault wrong(std::string what) const;
  size_t positional() const noexcept;

  std::string function_;
  std::vector<slot> slots_;
};

} // namespace caf::aiomas
