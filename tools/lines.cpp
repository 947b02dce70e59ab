#include "lines.hpp"

#include <fstream>
#include <iostream>

namespace caf::aiomas::tool {

exit_code convert_lines(
  const std::string& file,
  const std::function<outcome<std::string>(std::string_view)>& convert) {
  auto use_stdin = file.empty() || file == "-";
  std::ifstream opened;
  if (!use_stdin)
    opened.open(file, std::ios::binary);
  auto& in = use_stdin ? std::cin : opened;
  auto result = success;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    auto start = line.find_first_not_of(" \t\r");
    if (start == std::string::npos || line[start] == '#')
      continue;
    if (auto converted = convert(line)) {
      std::cout << *converted << '\n';
    } else {
      complain("line " + std::to_string(number) + ": "
               + converted.error().text);
      result = usage_error;
    }
  }
  if (in.bad() || !(use_stdin || opened.is_open())) {
    complain("cannot read " + (use_stdin ? "the standard input" : file));
    return usage_error;
  }
  return result;
}

} // namespace caf::aiomas::tool
