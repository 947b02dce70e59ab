#include "caf/aiomas/detail/running_task.hpp"

#include <utility>

namespace caf::aiomas::detail {

// -- task_promise_base --------------------------------------------------------

task_promise_base::~task_promise_base() {
  if (ready_)
    home_->unschedule(*this);
}

void task_promise_base::start(running_task& home, task_owner& owner) {
  home_ = &home;
  owner_ = &owner;
  schedule();
}

void task_promise_base::schedule() {
  home_->schedule(*this);
}

// -- waiting ------------------------------------------------------------------

running_task::wait::~wait() {
  if (home_ == nullptr)
    return;
  auto self = home_->self_;
  home_->remove(*this);
  // The response will come to nobody: let the actor forget it.
  if (!is_ending(self))
    send_to(strong_actor_ptr{self->ctrl()}, nullptr, mid_, unit);
}

message_id running_task::wait_for_request(wait& where,
                                          task_promise_base& what) {
  auto request = self_->new_request_id(message_priority::normal);
  wait_for_response(where, what, request.response_id());
  return request;
}

void running_task::wait_for_response(wait& where, task_promise_base& what,
                                     message_id mid) {
  if (is_ending(self_))
    cancelled_ = true; // unwound as soon as it has suspended
  else
    add_response_handler(self_, mid, this);
  where.home_ = this;
  where.task_ = &what;
  where.mid_ = mid;
  where.previous_ = last_wait_;
  (last_wait_ != nullptr ? last_wait_->next_ : first_wait_) = &where;
  last_wait_ = &where;
}

void running_task::remove(wait& what) noexcept {
  auto before = std::exchange(what.previous_, nullptr);
  auto after = std::exchange(what.next_, nullptr);
  (before != nullptr ? before->next_ : first_wait_) = after;
  (after != nullptr ? after->previous_ : last_wait_) = before;
  what.home_ = nullptr;
}

void running_task::on_response(message_content& content) {
  auto mid = self_->current_mailbox_element()->mid;
  auto i = first_wait_;
  while (i != nullptr && i->mid_ != mid)
    i = i->next_;
  if (i == nullptr)
    return; // nobody waits for it any more
  auto task = i->task_;
  remove(*i);
  i->take(content);
  schedule(*task);
  run();
}

// -- running ------------------------------------------------------------------

void running_task::schedule(task_promise_base& what) noexcept {
  what.ready_ = true;
  what.next_ready_ = nullptr;
  (last_ready_ != nullptr ? last_ready_->next_ready_ : first_ready_) = &what;
  last_ready_ = &what;
}

void running_task::unschedule(task_promise_base& what) noexcept {
  task_promise_base* before = nullptr;
  for (auto i = first_ready_; i != &what; i = i->next_ready_)
    before = i;
  (before != nullptr ? before->next_ready_ : first_ready_) = what.next_ready_;
  if (last_ready_ == &what)
    last_ready_ = before;
  what.ready_ = false;
}

void running_task::begin(task_promise_base& what) {
  what.start(*this, *this);
  run();
}

void running_task::run() {
  pointer guard{this};
  running_ = true;
  while (first_ready_ != nullptr && !cancelled_) {
    auto& next = *first_ready_;
    unschedule(next);
    next.self_.resume();
  }
  running_ = false;
  if (ended_)
    ended();
  else if (cancelled_)
    cancelled();
}

void running_task::task_ended(task_promise_base&) noexcept {
  ended_ = true;
}

running_task::~running_task() {
  forget();
}

void running_task::forget() noexcept {
  cancelled_ = true;
  if (where_)
    *where_ = nullptr;
}

// -- end ----------------------------------------------------------------------

running_task::cell running_task::where() {
  if (!where_)
    where_ = std::make_shared<running_task*>(this);
  return where_;
}

void running_task::cancel() {
  if (ended_ || std::exchange(cancelled_, true) || running_)
    return;
  pointer guard{this};
  cancelled();
}

} // namespace caf::aiomas::detail
