#include "caf/aiomas/detail/link_census.hpp"

#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/random_name.hpp"
#include "caf/aiomas/detail/simulation_part.hpp"

namespace caf::aiomas::detail {

// -- counted_end --------------------------------------------------------------

counted_end::counted_end(std::shared_ptr<link_census> where,
                         std::string simulation, side which, uint64_t name)
  : where_(std::move(where)), simulation_(std::move(simulation)) {
  (which == side::opened ? counts_.opened : counts_.accepted) = name;
  where_->replace({}, counts_);
}

counted_end::~counted_end() {
  where_->replace(counts_, {});
}

void counted_end::count(uint64_t sent, uint64_t received) {
  auto before = counts_;
  counts_.sent = sent;
  counts_.received = received;
  if (counts_ != before)
    where_->replace(before, counts_);
}

// -- link_census --------------------------------------------------------------

link_census::link_census(std::shared_ptr<activity> where)
  : where_(std::move(where)), name_(random_name()), simulation_(name_) {
  // nop
}

void link_census::join(const std::string& simulation) {
  std::lock_guard guard{mtx_};
  if (std::exchange(simulation_, simulation) != simulation)
    joined_ = 0;
  ++joined_;
}

void link_census::leave(const std::string& simulation) {
  std::lock_guard guard{mtx_};
  if (simulation_ == simulation && --joined_ == 0)
    simulation_ = name_;
}

std::string link_census::simulation() const {
  std::lock_guard guard{mtx_};
  return simulation_;
}

void link_census::add(std::weak_ptr<rpc_link> what) {
  std::lock_guard guard{mtx_};
  if (links_.size() >= sweep_at_) {
    std::erase_if(links_, [](auto& x) { return x.expired(); });
    sweep_at_ = 2 * links_.size() + 16;
  }
  links_.push_back(std::move(what));
}

std::vector<std::shared_ptr<rpc_link>> link_census::links() const {
  std::vector<std::shared_ptr<rpc_link>> result;
  std::lock_guard guard{mtx_};
  for (auto& weak : links_)
    if (auto known = weak.lock())
      result.push_back(std::move(known));
  return result;
}

link_counts link_census::counts() const {
  std::lock_guard guard{mtx_};
  return counts_;
}

void link_census::replace(const link_counts& before, const link_counts& now) {
  std::lock_guard guard{mtx_};
  counts_.sent += now.sent - before.sent;
  counts_.received += now.received - before.received;
  counts_.opened += now.opened - before.opened;
  counts_.accepted += now.accepted - before.accepted;
  where_->change();
}

// -- simulation_part ----------------------------------------------------------

simulation_part simulation_part::make() {
  auto counts = std::make_shared<activity>();
  return {counts, std::make_shared<link_census>(counts)};
}

} // namespace caf::aiomas::detail
