#include "caf/aiomas/method.hpp"

namespace caf::aiomas {

expected<message> exposed_message::bind(arguments& with) const noexcept {
  try {
    return bind_(with);
  } catch (...) {
    return to_error(std::current_exception());
  }
}

error detail::wrong_response(const message& response, std::string_view wanted) {
  return make_error(errc::handler_failed,
                    "the actor replied with " + to_string(response)
                      + " instead of " + std::string{wanted},
                    std::string{"CafError"});
}

} // namespace caf::aiomas
