#include "caf/aiomas/expose.hpp"

namespace caf::aiomas {

// -- coroutines ---------------------------------------------------------------

call_result detail::reply_task::result() {
  return finish_(task_.promise());
}

// -- exposed ------------------------------------------------------------------

namespace {

/// Of functions that take arguments as they are, and return what is returned.
struct plain_call {
  using result = call_result;
  using parameters = std::tuple<arguments>;
};

} // namespace

exposed::exposed(std::string name, function call, std::string identity)
  : exposed(detail::make_exposed<plain_call>(
    std::move(name),
    [call = std::move(call)](arguments&& with) { return call(with); }, {},
    std::move(identity))) {
  // nop
}

exposed::exposed(const exposed& other) noexcept
  : what_(other.what_), object_(other.object_) {
  if (object_ != nullptr && what_->counts_objects())
    static_cast<ref_counted*>(object_)->ref();
}

exposed::~exposed() {
  if (object_ != nullptr && what_->counts_objects())
    static_cast<ref_counted*>(object_)->deref();
}

call_result exposed::operator()(arguments& with) const noexcept {
  try {
    return what_->call(object_, with);
  } catch (...) {
    return to_error(std::current_exception());
  }
}

} // namespace caf::aiomas
