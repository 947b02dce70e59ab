#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/value_json.hpp"

#include <nlohmann/json.hpp>

using nlohmann::json;

namespace micro {

namespace {

void measure_all(const message& what) {
  auto tree = *caf::aiomas::to_json(what.triple());
  auto text = tree.dump();
  measure("encode/json/nlohmann/" + what.name, text.size(),
          [tree] { return tree.dump(); });
  measure("decode/json/nlohmann/" + what.name, text.size(),
          [text] { return json::parse(text); });
}

} // namespace

void register_nlohmann() {
  for (auto& what : records())
    measure_all(what);
  measure_all(large_text());
}

} // namespace micro
