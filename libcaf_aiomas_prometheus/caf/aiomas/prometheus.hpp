#pragma once

#include "caf/aiomas/metrics.hpp"

#include <string>
#include <vector>

namespace prometheus {

struct MetricFamily;

} // namespace prometheus

/// What Prometheus sees of an actor system. In the library `CAF::aiomas_prometheus`,
/// which is built with the CMake option `AIOMAS_PROMETHEUS`. The metrics and
/// their labels are listed in docs/operations.md.
namespace caf::aiomas {

/// Renders in Prometheus' text format, version 0.0.4, for whatever answers to
/// `/metrics` in the program: for example
/// `prometheus_text(middleman::of(sys).metrics())`. For any thread.
std::string prometheus_text(const metrics_snapshot& what);

/// The same as families of prometheus-cpp, to be returned by a `Collectable` of
/// a program that has an `Exposer` or a `Gateway` of its own. For any thread.
std::vector<prometheus::MetricFamily>
prometheus_families(const metrics_snapshot& what);

} // namespace caf::aiomas
