// Two agents talk in types of their own: a dict of members, functions for what
// has none, and dates.

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace caf;
using namespace std::chrono_literals;

// -- types --------------------------------------------------------------------

namespace weather {

struct reading {
  std::string station;
  double celsius = 0;
  aiomas::date_time at;
};

AIOMAS_SERIALIZABLE(reading, station, celsius, at)

/// A histogram by degrees, which knows how to write itself in short.
class histogram {
public:
  void add(int degree, int times = 1) {
    counts_[degree] += times;
  }

  const std::map<int, int>& counts() const {
    return counts_;
  }

private:
  std::map<int, int> counts_;
};

AIOMAS_OBJECT(histogram)

/// As pairs, since JSON makes strings of a dict's keys.
aiomas::any_serializer histogram_serializer() {
  using pairs = std::vector<std::pair<int, int>>;
  return aiomas::serializer<histogram>(
    [](const histogram& x) {
      return pairs{x.counts().begin(), x.counts().end()};
    },
    [](aiomas::value x) -> aiomas::outcome<histogram> {
      auto read = aiomas::from_value<pairs>(std::move(x));
      if (!read)
        return read.error();
      histogram result;
      for (auto& [degree, count] : *read)
        if (count <= 0 || result.counts().contains(degree))
          return aiomas::fault{aiomas::errc::type_error, "no histogram"};
        else
          result.add(degree, count);
      return result;
    });
}

} // namespace weather

// -- agents -------------------------------------------------------------------

namespace {

using weather::histogram;
using weather::reading;

/// Both sides need the same serializers in the same order.
aiomas::options weather_types() {
  aiomas::options result;
  result.serializers
    = {aiomas::serializer<reading>(), weather::histogram_serializer()};
  return result;
}

class archive : public aiomas::agent {
public:
  archive(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("store", &archive::store, {"readings"});
    expose("since", &archive::since, {"date"});
    expose("summary", &archive::summary);
  }

  void store(std::vector<reading> xs) {
    readings_.insert(readings_.end(), xs.begin(), xs.end());
  }

  std::vector<reading> since(aiomas::date_time date) {
    std::vector<reading> result;
    for (auto& x : readings_)
      if (x.at >= date)
        result.push_back(x);
    return result;
  }

  histogram summary() {
    histogram result;
    for (auto& x : readings_)
      result.add(static_cast<int>(x.celsius));
    return result;
  }

private:
  std::vector<reading> readings_;
};

class observer : public aiomas::agent {
public:
  using agent::agent;

  aiomas::task<void> run(std::string addr) {
    auto remote = co_await container().connect(std::move(addr));
    auto begin = *aiomas::date_time::parse("2015-01-01T12:34:56+01:00");
    std::vector<reading> readings{{"Oldenburg", 4.5, begin},
                                  {"Bremen", 3.25, begin + 10min},
                                  {"Oldenburg", 4.75, begin + 1h}};
    co_await remote.call("store", readings);
    auto since = begin + std::chrono::minutes{10};
    for (auto& x : co_await remote.call<std::vector<reading>>("since", since))
      std::cout << to_string(x) << std::endl;
    auto summary = co_await remote.call<histogram>("summary");
    for (auto& [degree, count] : summary.counts())
      std::cout << degree << " degrees: " << count << std::endl;
  }
};

void caf_main(actor_system& sys, const aiomas::config&) {
  auto c = aiomas::container::create(sys, {"localhost", 0}, weather_types());
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return;
  }
  auto a = c->spawn<archive>();
  auto b = c->spawn<observer>();
  if (auto done = aiomas::run(b, &observer::run, a.addr()); !done)
    std::cerr << aiomas::describe(done.error()) << '\n';
}

} // namespace

CAF_MAIN(aiomas::middleman)
