#include "load_report.hpp"

#include <nlohmann/json.hpp>

#include <cstdarg>
#include <cstdio>
#include <vector>

namespace load {

namespace {

/// What is printed beside the counts.
struct figures {
  figures(const plan& how, const result& what)
    : rate(static_cast<double>(what.calls) / what.secs),
      bytes_per_s(rate * static_cast<double>(how.payload.size())),
      server_us(per_call(what.server_cpu, what)),
      client_us(per_call(what.client_cpu, what)) {
    // nop
  }

  static double per_call(double secs, const result& what) {
    return what.calls == 0 ? 0 : secs * 1e6 / static_cast<double>(what.calls);
  }

  double rate;
  double bytes_per_s;
  double server_us;
  double client_us;
};

[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...) {
  std::va_list args;
  va_start(args, format);
  std::vector<char> text(1024);
  std::vsnprintf(text.data(), text.size(), format, args);
  va_end(args);
  return text.data();
}

template <class T>
nlohmann::ordered_json if_known(T x) {
  return x > 0 ? nlohmann::ordered_json(x) : nullptr;
}

} // namespace

std::string to_json(const plan& how, const result& what) {
  figures x{how, what};
  nlohmann::ordered_json line{
    {"conns", how.conns},
    {"depth", how.depth},
    {"agents", how.agents},
    {"payload", how.payload_name},
    {"codec", how.codec},
    {"transport", how.transport},
    {"dispatch", how.dispatch.empty() ? nlohmann::ordered_json{}
                                      : nlohmann::ordered_json(how.dispatch)},
    {"work_us", how.work_us},
    {"rate", if_known(how.rate)},
    {"secs", what.secs},
    {"calls", what.calls},
    {"calls_per_s", x.rate},
    {"p50_us", what.quantile_us(0.5)},
    {"p99_us", what.quantile_us(0.99)},
    {"p99_9_us", what.quantile_us(0.999)},
    {"payload_bytes_per_s", x.bytes_per_s},
    {"server_cpu_us", if_known(x.server_us)},
    {"client_cpu_us", x.client_us},
    {"peak_memory", if_known(what.peak_memory)},
    {"errors", what.errors}};
  return line.dump();
}

std::string table_head() {
  return "| load | payload | codec | transport | dispatch | agents | work us | "
         "calls/s | p50 us | p99 us | p99.9 us | MB/s | server CPU us/call | "
         "client CPU us/call | peak MiB | errors |\n"
         "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | "
         "--- | --- | --- | --- | --- |";
}

std::string to_row(const plan& how, const result& what) {
  figures x{how, what};
  auto server = x.server_us > 0 ? print("%.2f", x.server_us) : "";
  auto peak = what.peak_memory > 0
                ? print("%.1f", static_cast<double>(what.peak_memory) / 1048576)
                : "";
  return print(
    "| %zux%zu | %s | %s | %s | %s | %zu | %zu | %.0f | %.1f | %.1f | %.1f | "
    "%.2f | %s | %.2f | %s | %zu |",
    how.conns, how.depth, how.payload_name.c_str(), how.codec.c_str(),
    how.transport.c_str(), how.dispatch.c_str(), how.agents, how.work_us,
    x.rate, what.quantile_us(0.5), what.quantile_us(0.99),
    what.quantile_us(0.999), x.bytes_per_s / 1e6, server.c_str(), x.client_us,
    peak.c_str(), what.errors);
}

} // namespace load
