#include "caf/aiomas/promise.hpp"

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/reply_sink.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/message_types.hpp"

namespace caf::aiomas::detail {

std::shared_ptr<owed_reply> owed_reply::take(scheduled_actor* self) {
  auto current = self->current_mailbox_element();
  if (current == nullptr || current->mid.is_answered())
    return nullptr;
  auto result = std::make_shared<owed_reply>(current->sender, current->mid);
  current->mid.mark_as_answered();
  return result;
}

owed_reply::~owed_reply() {
  if (receiver_)
    fail(make_error(errc::handler_failed,
                    std::string{"the call ended without a result"},
                    std::string{"RuntimeError"}));
}

void owed_reply::deliver(value result) {
  end(std::move(result));
}

void owed_reply::fail(error reason) {
  end(std::move(reason));
}

void owed_reply::end(expected<value> result) {
  auto receiver = std::exchange(receiver_, nullptr);
  if (receiver && mid_.is_request())
    reply_sink::deliver(receiver, nullptr, mid_, std::move(result));
}

} // namespace caf::aiomas::detail
