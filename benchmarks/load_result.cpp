#include "load_result.hpp"

#include <algorithm>
#include <limits>

namespace load {

void result::count(clock::duration latency) {
  constexpr uint64_t max = std::numeric_limits<uint32_t>::max();
  auto ns = static_cast<uint64_t>(std::chrono::nanoseconds{latency}.count());
  ++calls;
  latencies.push_back(static_cast<uint32_t>(std::min(ns, max)));
}

void result::fail(std::string why) {
  if (errors++ == 0)
    first_error = std::move(why);
}

void result::add(result from) {
  calls += from.calls;
  errors += from.errors;
  if (first_error.empty())
    first_error = std::move(from.first_error);
  latencies.insert(latencies.end(), from.latencies.begin(),
                   from.latencies.end());
}

void result::finish(const meter& used, double window) {
  secs = window;
  server_cpu = used.server_cpu();
  client_cpu = used.client_cpu();
  std::sort(latencies.begin(), latencies.end());
}

double result::quantile_us(double share) const {
  if (latencies.empty())
    return 0;
  auto index
    = static_cast<size_t>(static_cast<double>(latencies.size()) * share);
  return latencies[std::min(index, latencies.size() - 1)] / 1000.;
}

} // namespace load
