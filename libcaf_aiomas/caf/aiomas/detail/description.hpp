#pragma once

#include "caf/aiomas/call_result.hpp"
#include "caf/aiomas/detail/interned.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/signature.hpp"

#include <caf/intrusive_ptr.hpp>

#include <string>
#include <typeinfo>
#include <utility>

namespace caf::aiomas::detail {

/// What an exposed function is, apart from the object for which it is called:
/// all instances of a class have the same one.
class description : public interned {
public:
  const std::string& name() const noexcept {
    return signature_.function();
  }

  const std::string& identity() const noexcept {
    return identity_;
  }

  /// Whether objects are a `ref_counted` that counts its users.
  bool counts_objects() const noexcept {
    return counts_objects_;
  }

  /// Calls the function for `object`. This description, and whatever refers to
  /// `object`, may go while the function runs.
  virtual call_result call(void* object, arguments& with) const = 0;

protected:
  description(const std::type_info& kind, signature what, std::string identity,
              bool counts_objects) noexcept
    : interned(kind),
      signature_(std::move(what)),
      identity_(std::move(identity)),
      counts_objects_(counts_objects) {
    // nop
  }

  const signature& takes() const noexcept {
    return signature_;
  }

private:
  friend intrusive_ptr<const description>
  share_description(intrusive_ptr<const description> made);

  size_t hash() const noexcept final;

  bool equals(const interned& other) const noexcept final;

  signature signature_;
  std::string identity_; // empty if there is none
  bool counts_objects_;
};

using description_ptr = intrusive_ptr<const description>;

/// Returns the description that all share who describe the same.
description_ptr share_description(description_ptr made);

} // namespace caf::aiomas::detail
