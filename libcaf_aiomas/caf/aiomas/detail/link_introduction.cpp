// How both ends of a link find out that they take part in the same simulation:
// whoever has opened it asks, by a request that others answer as any for what
// they don't know. Then both count what goes over the link, see
// link_census.hpp.

#include "caf/aiomas/detail/random_name.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"

namespace caf::aiomas::detail {

void rpc_link::take_part(const simulation_part& in, counted_end::side which) {
  part_ = in;
  side_ = which;
  hold_ = std::make_shared<call_hold>(part_.counts);
  part_.links->add(weak_from_this());
  // Time must not wait for what would be left unread until time passes.
  conn_->protocol().lift_request_limits();
}

void rpc_link::introduce(unique_function<void()> done) {
  conn_->loop().post(
    [self = shared_from_this(), done = std::move(done)]() mutable {
      self->introduce_now(std::move(done));
    });
}

void rpc_link::introduce_now(unique_function<void()> done) {
  auto simulation = part_ ? part_.links->simulation() : std::string{};
  auto counted = conn_->counted();
  if (counted != nullptr && counted->simulation() != simulation)
    count_by(nullptr);
  if (simulation.empty() || side_ == counted_end::side::accepted
      || conn_->counted() != nullptr || conn_->closed()) {
    done();
    return;
  }
  auto name = random_number();
  auto on_answer
    = [self = shared_from_this(), simulation, name, done = std::move(done),
       counts = activity::token{part_.counts}](expected<value> x) mutable {
        auto known = x ? x->get_if<bool>() : nullptr;
        if (known != nullptr && *known)
          self->count_by(std::make_unique<counted_end>(
            self->part_.links, simulation, counted_end::side::opened, name));
        done();
      };
  call(std::string{introduction}, arguments::of(simulation, name),
       std::move(on_answer), options::forever);
}

value rpc_link::answer_introduction(const arguments& with) {
  auto simulation = part_.links->simulation();
  auto two = with.args.size() == 2;
  auto asked = two ? with.args[0].get_if<std::string>() : nullptr;
  auto name = two ? with.args[1].get_if<int64_t>() : nullptr;
  if (asked == nullptr || name == nullptr || *asked != simulation) {
    count_by(nullptr);
    return false;
  }
  count_by(std::make_unique<counted_end>(part_.links, simulation,
                                         counted_end::side::accepted, *name));
  return true;
}

void rpc_link::count_by(std::unique_ptr<counted_end> end) {
  hold_->release(end != nullptr);
  conn_->count_by(std::move(end));
}

} // namespace caf::aiomas::detail
