#include "caf/aiomas/clock_time.hpp"

#include "caf/aiomas/detail/float_repr.hpp"

#include <cmath>
#include <stdexcept>

namespace caf::aiomas {

std::string to_string(const moment& x) {
  if (auto date = std::get_if<date_time>(&x.what()))
    return to_string(*date);
  return detail::number_text(std::get<double>(x.what()));
}

namespace {

date_time parsed(std::string_view text) {
  auto result = date_time::parse(text);
  if (!result)
    throw std::invalid_argument(result.error().text);
  return *result;
}

} // namespace

start_date::start_date(std::string_view text) : date_(parsed(text)) {
  // nop
}

date_time start_date::of_timestamp(double seconds) {
  if (std::isnan(seconds))
    throw std::invalid_argument("A timestamp must be a number but is nan");
  return date_time{} + std::chrono::duration<double>{seconds};
}

std::string detail::number_text(double x) {
  if (std::isnan(x))
    return "nan";
  if (std::isinf(x))
    return x > 0 ? "inf" : "-inf";
  float_repr repr{x};
  auto text = repr.view();
  if (text.ends_with(".0"))
    text.remove_suffix(2);
  return std::string{text};
}

} // namespace caf::aiomas
