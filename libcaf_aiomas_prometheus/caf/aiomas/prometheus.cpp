#include "caf/aiomas/prometheus.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <limits>
#include <utility>

namespace caf::aiomas {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Collects families, each with a name that begins with `aiomas_`.
class family_list {
public:
  void counter(std::string name, std::string help, uint64_t x) {
    ClientMetric metric;
    metric.counter.value = static_cast<double>(x);
    add(std::move(name) + "_total", std::move(help), MetricType::Counter)
      .push_back(std::move(metric));
  }

  /// A counter for each kind of error that there was.
  void counters(std::string name, std::string help, const error_counts& xs) {
    auto& to
      = add(std::move(name) + "_total", std::move(help), MetricType::Counter);
    for (auto& [code, n] : xs) {
      ClientMetric metric;
      metric.label.push_back({"reason", to_string(code)});
      metric.counter.value = static_cast<double>(n);
      to.push_back(std::move(metric));
    }
  }

  void gauge(std::string name, std::string help, uint64_t x) {
    ClientMetric metric;
    metric.gauge.value = static_cast<double>(x);
    add(std::move(name), std::move(help), MetricType::Gauge)
      .push_back(std::move(metric));
  }

  void histogram(std::string name, std::string help,
                 const latency_histogram& x) {
    using seconds = std::chrono::duration<double>;
    ClientMetric metric;
    auto& result = metric.histogram;
    result.sample_sum = seconds{x.sum}.count();
    for (size_t i = 0; i < x.counts.size(); ++i) {
      result.sample_count += x.counts[i];
      auto end = i < x.bounds.size() ? seconds{x.bounds[i]}.count()
                                     : std::numeric_limits<double>::infinity();
      result.bucket.push_back({result.sample_count, end});
    }
    add(std::move(name) + "_seconds", std::move(help), MetricType::Histogram)
      .push_back(std::move(metric));
  }

  std::vector<MetricFamily> take() {
    return std::move(families_);
  }

private:
  std::vector<ClientMetric>& add(std::string name, std::string help,
                                 MetricType type) {
    MetricFamily family;
    family.name = "aiomas_" + std::move(name);
    family.help = std::move(help);
    family.type = type;
    return families_.emplace_back(std::move(family)).metric;
  }

  std::vector<MetricFamily> families_;
};

void add_connections(family_list& to, const metrics_snapshot& x) {
  to.gauge("connections", "Connections that there are", x.connections);
  to.counter("connections_accepted", "Connections accepted by servers",
             x.connections_accepted);
  to.counter("connections_opened", "Connections opened to others",
             x.connections_opened);
  to.counter("connections_refused", "Connections refused by servers",
             x.connections_refused);
  to.counter("handshakes_failed", "TLS handshakes with clients that failed",
             x.handshakes_failed);
  to.counters("connects_failed", "Connects that were given up",
              x.connects_failed);
  to.counters("connections_ended", "Connections that there are no more",
              x.connections_ended);
}

void add_bytes(family_list& to, const metrics_snapshot& x) {
  to.counter("frames_received", "Frames received", x.frames_received);
  to.counter("frames_sent", "Frames sent or waiting to be written",
             x.frames_sent);
  to.counter("received_bytes", "Bytes received", x.bytes_received);
  to.counter("sent_bytes", "Bytes written", x.bytes_sent);
  to.gauge("outbound_bytes", "Bytes that wait to be written",
           x.outbound_bytes);
}

void add_calls(family_list& to, const metrics_snapshot& x) {
  to.gauge("calls_pending", "Calls to others that wait for their answer",
           x.calls_pending);
  to.counter("calls_succeeded", "Calls to others that succeeded",
             x.calls_succeeded);
  to.counters("calls_failed", "Calls to others that failed", x.calls_failed);
  to.histogram("call_duration", "Time until a call to others was answered",
               x.call_latency);
  to.counter("replies_dropped", "Answers to calls that had been given up",
             x.replies_dropped);
}

void add_requests(family_list& to, const metrics_snapshot& x) {
  to.gauge("requests_pending", "Requests of peers being worked on",
           x.requests_pending);
  to.counter("requests_received", "Requests of peers", x.requests_received);
  to.counter("requests_succeeded", "Requests of peers answered with a result",
             x.requests_succeeded);
  to.counter("requests_failed", "Requests of peers answered with an exception",
             x.requests_failed);
  to.counter("requests_refused", "Requests of peers that were not handled",
             x.requests_refused);
  to.counter("requests_dropped",
             "Requests of peers that were gone before they were answered",
             x.requests_dropped);
  to.histogram("request_duration", "Time until a request was answered",
               x.request_latency);
}

} // namespace

std::vector<MetricFamily> prometheus_families(const metrics_snapshot& what) {
  family_list result;
  add_connections(result, what);
  add_bytes(result, what);
  add_calls(result, what);
  add_requests(result, what);
  return result.take();
}

std::string prometheus_text(const metrics_snapshot& what) {
  return prometheus::TextSerializer{}.Serialize(prometheus_families(what));
}

} // namespace caf::aiomas
