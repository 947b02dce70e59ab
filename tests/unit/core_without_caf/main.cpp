// Linked with the core layers alone: proves that they do not need CAF.

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/value.hpp"

#include <iostream>
#include <string>

int main() {
  using namespace caf::aiomas;
  auto sent = value{dict{{"spam", list{1, 2.5, "three", nullptr}}}};
  auto json = json_codec::make();
  byte_buffer bytes;
  if (auto encoded = json->encode(sent, bytes); !encoded) {
    std::cerr << to_string(encoded.error()) << '\n';
    return 1;
  }
  auto received = json->decode(bytes);
  if (!received) {
    std::cerr << to_string(received.error()) << '\n';
    return 1;
  }
  if (*received != sent) {
    std::cerr << to_string(*received) << " is not " << to_string(sent) << '\n';
    return 1;
  }
  std::cout << to_string(*received) << '\n';
}
