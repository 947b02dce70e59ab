#include "load_window.hpp"

namespace load {

window::window(const plan& how, pid_t server) : used_(server) {
  using std::chrono::duration_cast;
  begin_ = clock::now() + duration_cast<clock::duration>(how.warmup);
  end_ = begin_ + duration_cast<clock::duration>(how.window);
  watcher_ = std::thread{[this] {
    std::this_thread::sleep_until(begin_);
    used_.start();
    std::this_thread::sleep_until(end_);
    used_.stop();
  }};
}

window::~window() {
  if (watcher_.joinable())
    watcher_.join();
}

void window::finish(result& into) {
  watcher_.join();
  into.finish(used_, seconds{end_ - begin_}.count());
}

} // namespace load
