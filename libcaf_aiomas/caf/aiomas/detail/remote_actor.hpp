#pragma once

#include "caf/aiomas/detail/rpc_link.hpp"

#include <caf/actor_proxy.hpp>

#include <memory>
#include <string>

namespace caf::aiomas::detail {

/// The actor that stands for an object at the other end of a connection. It is
/// not scheduled: whoever sends it an `invocation` makes a call, and the reply
/// goes straight to the sender.
class remote_actor final : public actor_proxy {
public:
  remote_actor(actor_config& cfg, std::shared_ptr<rpc_link> link,
               std::string path);

  void enqueue(mailbox_element_ptr what, actor_host* host) override;

  // Whoever monitors it or is linked to it need not keep it: it lives as long as
  // the connection then.

  void attach(attachable_ptr what) override;

  void add_link(abstract_actor* other) override;

  bool add_backlink(abstract_actor* other) override;

  /// Goes down with `reason`; links and monitors are told. Calls under way end
  /// by themselves.
  void kill_proxy(actor_host* host, error reason) override;

  bool terminated() const noexcept {
    return getf(is_terminated_flag);
  }

  const char* name() const override;

private:
  void call(invocation& what, strong_actor_ptr sender, message_id mid);

  std::shared_ptr<rpc_link> link_;
  std::string path_;
};

} // namespace caf::aiomas::detail
