#pragma once

#include "caf/aiomas/error.hpp"

#include <caf/error.hpp>

#include <stdexcept>
#include <string>

namespace caf::aiomas {

/// Base of what coroutines throw when something they wait for fails. Carries
/// the error that callers outside of coroutines get.
class exception : public std::runtime_error {
public:
  explicit exception(caf::error why);

  /// The error, with its context.
  const caf::error& why() const noexcept {
    return why_;
  }

  /// The code, or `errc::none` if it is not an error of this library.
  errc code() const noexcept {
    return code_of(why_);
  }

private:
  caf::error why_;
};

/// The peer answered a call with an exception: `errc::remote_exception`. What
/// the original calls `RemoteException`.
class remote_exception : public exception {
public:
  using exception::exception;

  /// The peer, as the original renders it, for example `('127.0.0.1', 5555)`.
  std::string origin() const {
    return origin_of(why());
  }

  /// What the peer sent; the traceback by convention.
  std::string remote_traceback() const {
    return text_of(why());
  }
};

/// Something has no encoding, or could not be decoded. What the original calls
/// `SerializationError`.
class serialization_error : public exception {
public:
  using exception::exception;
};

/// A connection could not be opened, or was closed or lost.
class connection_error : public exception {
public:
  using exception::exception;
};

/// A deadline passed: `errc::timeout`.
class timeout_error : public exception {
public:
  using exception::exception;
};

/// An error of CAF or of the user, for example of an actor that was asked.
class caf_error : public exception {
public:
  using exception::exception;
};

/// Throws `why` as the exception that fits its code. Must not be empty.
[[noreturn]] void throw_error(caf::error why);

} // namespace caf::aiomas
