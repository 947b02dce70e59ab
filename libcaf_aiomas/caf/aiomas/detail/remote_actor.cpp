#include "caf/aiomas/detail/remote_actor.hpp"

#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/router.hpp"

#include <caf/sec.hpp>
#include <caf/system_messages.hpp>

namespace caf::aiomas::detail {

remote_actor::remote_actor(actor_config& cfg, std::shared_ptr<rpc_link> link,
                           std::string path)
  : actor_proxy(cfg), link_(std::move(link)), path_(std::move(path)) {
  // nop
}

const char* remote_actor::name() const {
  return "aiomas.remote_actor";
}

void remote_actor::enqueue(mailbox_element_ptr what, actor_host* host) {
  auto& content = what->content();
  if (content.match_elements<invocation>()) {
    call(content.get_mutable_as<invocation>(0), std::move(what->sender),
         what->mid);
  } else if (content.match_elements<exit_msg>()) {
    auto& exit = content.get_mutable_as<exit_msg>(0);
    // Who is linked to us goes alone: others use the connection, too.
    if (!drop_link(*this, exit.source) && exit.reason)
      kill_proxy(host, std::move(exit.reason));
  } else if (what->sender) {
    respond_to(what->sender, strong_actor_ptr{ctrl()}, what->mid,
               make_message(make_error(sec::unexpected_message)));
  }
}

void remote_actor::attach(attachable_ptr what) {
  actor_proxy::attach(std::move(what));
  link_->keep(strong_actor_ptr{ctrl()});
}

void remote_actor::add_link(abstract_actor* other) {
  actor_proxy::add_link(other);
  link_->keep(strong_actor_ptr{ctrl()});
}

bool remote_actor::add_backlink(abstract_actor* other) {
  auto added = actor_proxy::add_backlink(other);
  link_->keep(strong_actor_ptr{ctrl()});
  return added;
}

void remote_actor::call(invocation& what, strong_actor_ptr sender,
                        message_id mid) {
  auto self = strong_actor_ptr{ctrl()};
  if (getf(is_terminated_flag)) {
    respond_to(sender, std::move(self), mid,
               make_message(make_error(errc::connection_closed,
                                       std::string{"Connection closed"})));
    return;
  }
  link_->call(
    join_paths(path_, what.path), std::move(what.with),
    [self = std::move(self), sender = std::move(sender),
     mid](expected<value> x) mutable {
      respond_to(sender, std::move(self), mid,
                 x ? make_message(std::move(*x))
                   : make_message(std::move(x.error())));
    },
    what.timeout);
}

void remote_actor::kill_proxy(actor_host* host, error reason) {
  cleanup(std::move(reason), host);
}

} // namespace caf::aiomas::detail
