#pragma once

#include "caf/aiomas/errc.hpp"
#include "caf/aiomas/outcome.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

CAF_ERROR_CODE_ENUM(caf::aiomas::errc, "aiomas")

namespace caf::aiomas {

// -- from the lower layers to CAF ---------------------------------------------

/// Turns a fault into an error with the same code, text and origin.
error to_error(fault what);

template <class T>
expected<T> to_expected(outcome<T> x) {
  if (x)
    return std::move(*x);
  return to_error(std::move(x.error()));
}

inline expected<void> to_expected(outcome<void> x) {
  if (x)
    return {};
  return to_error(std::move(x.error()));
}

/// The reverse of `to_error`. Errors of other categories, for example CAF's
/// own, become `handler_failed` with CAF's text and the origin "CafError".
fault to_fault(const error& what);

// -- reading errors -----------------------------------------------------------

/// Returns the code if `what` is one of ours, else `errc::none`.
errc code_of(const error& what) noexcept;

/// Returns the text of an error of ours, and CAF's rendering of any other. Of a
/// `remote_exception`, the traceback that the peer sent.
std::string text_of(const error& what);

/// Returns the peer that a `remote_exception` came from, else an empty string.
std::string origin_of(const error& what);

/// Whether an operation failed since its connection was closed, broke or
/// stalled. What it asked of the peer may have been done or not.
bool connection_lost(const error& what) noexcept;

/// Renders an error for people: `connection_closed: Connection closed by peer`;
/// of a remote exception, as in the original, its origin and traceback.
std::string describe(const error& what);

inline std::string describe(const fault& what) {
  return describe(to_error(what));
}

/// Renders an error as the traceback that the peer of a failed handler gets.
std::string traceback_of(const error& what);

namespace detail {

/// Adds to an error of ours where it came about, for whoever debugs; nothing if
/// `place` is empty. Shown by `describe` and in tracebacks.
error with_place(error what, std::string place);

} // namespace detail

// -- exceptions ---------------------------------------------------------------

/// An exception with a name of the thrower's choice: what a handler throws to
/// make the peer see, for example, a Python `ValueError`.
class python_error : public std::runtime_error {
public:
  python_error(std::string type, const std::string& text)
    : std::runtime_error(text), type_(std::move(type)) {
    // nop
  }

  const std::string& type() const noexcept {
    return type_;
  }

private:
  std::string type_;
};

/// Makes the error that a handler which throws a `python_error` ends with.
inline error make_python_error(std::string type, std::string text) {
  return make_error(errc::handler_failed, std::move(text), std::move(type));
}

/// Turns the exception of a handler into an error. `std::invalid_argument` and
/// `std::domain_error` become a `ValueError`, `std::out_of_range` an
/// `IndexError`, a `python_error` what it says, others keep their C++ name.
error to_error(const std::exception_ptr& what) noexcept;

} // namespace caf::aiomas
