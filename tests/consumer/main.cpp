#include "caf/aiomas/value.hpp"

#include <iostream>

int main() {
  auto x = caf::aiomas::value{caf::aiomas::list{1, 2.5, "three"}};
  std::cout << to_string(x) << '\n';
}
