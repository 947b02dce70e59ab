#include "measure.hpp"
#include "subjects.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
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

void measure_all(const std::string& name, size_t size) {
  std::vector<std::byte> in(size, std::byte{42});
  auto out = std::make_shared<std::vector<std::byte>>(size);
  measure("copy/bytes/warm/" + name, size, [in, out] {
    std::memcpy(out->data(), in.data(), in.size());
    benchmark::ClobberMemory();
    return out->data();
  });
  measure("copy/bytes/fresh/" + name, size, [in] {
    fresh_memory mem{in.size()};
    std::memcpy(mem.data(), in.data(), in.size());
    benchmark::ClobberMemory();
    return mem.data();
  });
}

} // namespace

void register_memcpy() {
  measure_all("2KiB", size_t{2} << 10);
  measure_all("1MiB", size_t{1} << 20);
  measure_all("16MiB", size_t{16} << 20);
}

} // namespace micro
