#include "measure.hpp"
#include "subjects.hpp"

#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include <sys/mman.h>

namespace micro {

namespace {

/// Memory that nobody has used before, which `malloc` does not promise.
class fresh_memory {
public:
  explicit fresh_memory(size_t size)
    : size_(size),
      data_(mmap(nullptr, size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (data_ == MAP_FAILED)
      throw std::bad_alloc();
  }

  fresh_memory(const fresh_memory&) = delete;

  fresh_memory& operator=(const fresh_memory&) = delete;

  ~fresh_memory() {
    munmap(data_, size_);
  }

  void* data() const noexcept {
    return data_;
  }

private:
  size_t size_;
  void* data_;
};

void measure_all(const std::string& message, size_t size) {
  using bytes = std::vector<std::byte>;
  measure("copy/bytes/warm/" + message, [size] {
    return job{size, [in = bytes(size, std::byte{42}),
                      out = bytes(size, std::byte{0})]() mutable {
                 std::memcpy(out.data(), in.data(), in.size());
                 benchmark::ClobberMemory();
                 return out.data();
               }};
  });
  measure("copy/bytes/fresh/" + message, [size] {
    return job{size, [in = bytes(size, std::byte{42})] {
                 fresh_memory out{in.size()};
                 std::memcpy(out.data(), in.data(), in.size());
                 benchmark::ClobberMemory();
                 return out.data();
               }};
  });
}

} // namespace

void register_memcpy() {
  measure_all("2KiB", size_t{2} << 10);
  measure_all("1MiB", size_t{1} << 20);
  measure_all("16MiB", size_t{16} << 20);
}

} // namespace micro
