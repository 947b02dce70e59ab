#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

class activity;
class link_census;
class rpc_link;

/// What went over links whose ends both take part in the same simulation. Taken
/// together over all processes, as much was sent as was received exactly when
/// nothing is on its way, if the sums of the names tell that both ends of each
/// link are counted.
struct link_counts {
  uint64_t sent = 0; // frames since the links were opened
  uint64_t received = 0; // likewise
  uint64_t opened = 0; // the sum of the names of links that we have opened
  uint64_t accepted = 0; // likewise, of those that others have

  link_counts& operator+=(const link_counts& other) noexcept {
    sent += other.sent;
    received += other.received;
    opened += other.opened;
    accepted += other.accepted;
    return *this;
  }

  bool balanced() const noexcept {
    return sent == received && opened == accepted;
  }

  friend bool operator==(const link_counts&, const link_counts&) = default;
};

/// One end of a link whose other end is counted, too, as long as this lives.
/// For the thread of its loop.
class counted_end {
public:
  enum class side { opened, accepted };

  counted_end(std::shared_ptr<link_census> where, std::string simulation,
              side which, uint64_t name);

  counted_end(const counted_end&) = delete;
  counted_end& operator=(const counted_end&) = delete;

  ~counted_end();

  /// Says how many frames the link has sent and received since it was opened.
  void count(uint64_t sent, uint64_t received);

  const std::string& simulation() const noexcept {
    return simulation_;
  }

private:
  std::shared_ptr<link_census> where_;
  std::string simulation_;
  link_counts counts_;
};

/// The links of an actor system's containers that take part in a simulation,
/// and what goes over them. For any thread.
class link_census {
public:
  /// What is counted changes while it counts in `where`.
  explicit link_census(std::shared_ptr<activity> where);

  /// Tells it from all others.
  const std::string& name() const noexcept {
    return name_;
  }

  /// Names the simulation in which this system takes part from now on, until
  /// all who have joined it leave.
  void join(const std::string& simulation);

  void leave(const std::string& simulation);

  /// At first, one of its own, which has the name of the census.
  std::string simulation() const;

  void add(std::weak_ptr<rpc_link> what);

  std::vector<std::shared_ptr<rpc_link>> links() const;

  link_counts counts() const;

private:
  friend class counted_end;

  /// Replaces what an end has contributed.
  void replace(const link_counts& before, const link_counts& now);

  const std::shared_ptr<activity> where_;
  const std::string name_;

  mutable std::mutex mtx_;
  std::string simulation_; // guarded by mtx_
  size_t joined_ = 0; // who have, unless it is our own; guarded by mtx_
  link_counts counts_; // guarded by mtx_
  std::vector<std::weak_ptr<rpc_link>> links_; // guarded by mtx_
  size_t sweep_at_ = 16; // size at which dead ones go; guarded by mtx_
};

} // namespace caf::aiomas::detail
