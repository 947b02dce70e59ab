#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/value_json.hpp"

#include <nlohmann/json.hpp>

#include <string>

using nlohmann::json;

namespace micro {

namespace {

json tree_of(const sample& from) {
  return *caf::aiomas::to_json(from.make().triple());
}

void measure_all(const sample& from) {
  using std::string;
  measure(string{"encode/json/nlohmann/"} + from.name, [from] {
    auto tree = tree_of(from);
    auto size = tree.dump().size();
    return job{size, [tree = std::move(tree)] { return tree.dump(); }};
  });
  measure(string{"decode/json/nlohmann/"} + from.name, [from] {
    auto text = tree_of(from).dump();
    return job{text.size(), [text] { return json::parse(text); }};
  });
}

} // namespace

void register_nlohmann() {
  for (auto& from : records)
    measure_all(from);
  measure_all(large_text);
}

} // namespace micro
