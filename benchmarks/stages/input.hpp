#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace stages {

/// Brings `bytes` to whoever has room, as a socket does: `prepare` returns
/// room, `commit` takes how much of it was filled.
template <class Prepare, class Commit>
void feed(std::span<const std::byte> bytes, Prepare prepare, Commit commit) {
  while (!bytes.empty()) {
    std::span<std::byte> room = prepare();
    auto n = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), n, room.begin());
    commit(n);
    bytes = bytes.subspan(n);
  }
}

} // namespace stages
