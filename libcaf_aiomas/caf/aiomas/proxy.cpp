#include "caf/aiomas/proxy.hpp"

#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/healing_link.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"
#include "caf/aiomas/router.hpp"

namespace caf::aiomas {

struct proxy::data {
  std::shared_ptr<detail::rpc_link> link; // null if it heals
  std::string path;
  std::string class_name;
  std::string url;

  /// Whatever ends the connection when it goes.
  std::shared_ptr<void> keeps;

  detail::healing_link_ptr heals;
  size_t retries = 0;

  /// The connection as it is now.
  std::shared_ptr<detail::rpc_link> now() const {
    return heals ? heals->current() : link;
  }
};

namespace {

const std::string nothing;

} // namespace

proxy::proxy(std::shared_ptr<detail::rpc_link> link, std::string path,
             std::string class_name, std::string url,
             std::shared_ptr<void> keeps)
  : proxy(data{std::move(link), std::move(path), std::move(class_name),
               std::move(url), std::move(keeps), nullptr}) {
  // nop
}

proxy::proxy(std::shared_ptr<detail::healing_link> link, std::string path,
             std::string class_name, std::string url)
  : proxy(data{nullptr, std::move(path), std::move(class_name), std::move(url),
               nullptr, std::move(link)}) {
  // nop
}

proxy::proxy(data what) : data_(std::make_shared<data>(std::move(what))) {
  // nop
}

pending<value>::starter proxy::prepare(std::string_view name,
                                       arguments with) const {
  // Whoever waits keeps the connection open.
  return [data = data_, path = join_paths(data_->path, name),
          with = std::move(with)](
           pending<value>::completion done,
           std::optional<std::chrono::nanoseconds> timeout) mutable {
    if (data->heals && (data->retries > 0 || data->heals->lost()))
      return detail::call_healing(data->heals, std::move(path), std::move(with),
                                  data->retries, std::move(done), timeout);
    auto link = data->now();
    auto conn = link->conn();
    auto call = link->call(std::move(path), std::move(with), std::move(done),
                           timeout, std::move(data));
    return pending<value>::canceller{
      [conn = std::move(conn), call] { conn->cancel(call); }};
  };
}

proxy_path proxy::operator[](std::string_view name) const {
  auto below = *data_;
  below.path = join_paths(data_->path, name);
  below.class_name.clear();
  below.url.clear();
  return proxy_path{proxy{std::move(below)}};
}

proxy proxy::idempotent(size_t retries) const {
  auto same = *data_;
  same.retries = retries;
  return proxy{std::move(same)};
}

actor proxy::as_actor() const {
  return actor_cast<actor>(data_->now()->remote_actor(data_->path));
}

const std::string& proxy::path() const noexcept {
  return data_ ? data_->path : nothing;
}

const std::string& proxy::class_name() const noexcept {
  return data_ ? data_->class_name : nothing;
}

const std::string& proxy::url() const noexcept {
  return data_ ? data_->url : nothing;
}

bool proxy::connected() const noexcept {
  return data_ && !data_->now()->conn()->closed();
}

peer_info proxy::peer() const {
  return data_ ? detail::info_of(data_->now()->conn()->ends()) : peer_info{};
}

bool operator==(const proxy& x, const proxy& y) noexcept {
  if (!x.data_ || !y.data_)
    return x.data_ == y.data_;
  return x.data_->link == y.data_->link && x.data_->heals == y.data_->heals
         && x.data_->path == y.data_->path;
}

std::string to_string(const proxy& x) {
  if (!x.data_)
    return "Proxy()";
  if (!x.data_->url.empty())
    return x.data_->class_name + "Proxy('" + x.data_->url + "')";
  return "Proxy(" + detail::peer_name(x.data_->now()->conn()->ends()) + ", '"
         + x.data_->path + "')";
}

proxy weak_proxy::lock() const {
  proxy result;
  result.data_ = data_.lock();
  return result;
}

// -- conversions --------------------------------------------------------------

outcome<proxy> converter<proxy>::from_value(value x) {
  if (auto what = x.get_if<object>())
    if (auto result = what->get_if<proxy>())
      return *result;
  return fault{errc::type_error,
               std::string{"expected a proxy, got "} + python_type_name(x)};
}

outcome<actor> converter<actor>::from_value(value x) {
  if (auto what = x.get_if<object>()) {
    if (auto remote = what->get_if<proxy>())
      return remote->as_actor();
    if (auto local = what->get_if<local_ref>(); local && local->path.empty())
      return actor_cast<actor>(local->host);
  }
  return fault{errc::type_error,
               std::string{"expected an agent, got "} + python_type_name(x)};
}

} // namespace caf::aiomas
