#include "caf/aiomas/detail/host_name.hpp"

#include "caf/aiomas/detail/look_up.hpp"

#include <unistd.h>

namespace caf::aiomas::detail {

void find_full_host_name(io_loop& home,
                         unique_function<void(std::string)> done) {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) {
    done("localhost");
    return;
  }
  look_up(home, name,
          [short_name = std::string{name},
           done = std::move(done)](const host_entry& found) mutable {
            auto& full = found.canonical_name;
            done(full.empty() ? std::move(short_name) : full);
          });
}

} // namespace caf::aiomas::detail
