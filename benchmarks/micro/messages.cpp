#include "messages.hpp"

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace caf::aiomas;

namespace micro {

namespace {

constexpr size_t large_size = size_t{16} << 20;

value record(std::mt19937_64& random, size_t i) {
  auto number = static_cast<double>(random() % 1'000'000);
  return dict{
    {"id", i},
    {"url", "tcp://localhost:5555/" + std::to_string(i)},
    {"kind", i % 3 == 0 ? "Wärmepumpe" : "battery"},
    {"active", i % 2 == 0},
    {"energy", static_cast<int64_t>(random() % 100'000) - 50'000},
    {"price", std::floor(number) / 100 + 0.005},
    {"load", std::sin(number)},
    {"flexibility", list{0.25, -std::cos(number), i * 7}},
  };
}

message call() {
  return {.content = list{"agents/0/service", list{42}, dict{}}};
}

// A record has about 180 bytes in JSON.
template <size_t N>
message many_records() {
  std::mt19937_64 random{1};
  list xs;
  for (size_t i = 0; i < N; ++i)
    xs.push_back(record(random, i));
  return {.content = std::move(xs)};
}

message lines() {
  std::mt19937_64 random{2};
  std::string text(large_size, ' ');
  for (size_t i = 0; i < text.size(); ++i)
    text[i] = i % 72 == 71 ? '\n' : static_cast<char>('a' + random() % 26);
  return {.content = std::move(text)};
}

message noise() {
  std::mt19937_64 random{3};
  byte_buffer bytes(large_size);
  for (auto& x : bytes)
    x = static_cast<std::byte>(random());
  return {.content = std::move(bytes)};
}

message waves() {
  std::vector<double> numbers(large_size / sizeof(double));
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = std::round(1e3 * std::sin(static_cast<double>(i) / 1e4)) / 8;
  byte_buffer bytes(large_size);
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return {.content = std::move(bytes)};
}

} // namespace

const std::array<sample, 3> records{{
  {"call", call},
  {"2KiB", many_records<12>},
  {"1MiB", many_records<6000>},
}};

const sample large_text{"16MiB_text", lines};
const sample large_bytes{"16MiB_bytes", noise};
const sample large_array{"16MiB_array", waves};

} // namespace micro
