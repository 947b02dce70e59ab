// A plug-in that throws while it is loaded.

#include <stdexcept>

namespace {

int fail() {
  throw std::runtime_error("no coffee");
}

[[maybe_unused]] const int never_made = fail();

} // namespace
