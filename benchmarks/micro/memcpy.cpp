#include "encoded.hpp"
#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include <sys/mman.h>

using namespace caf::aiomas;

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

void measure_all(const std::string& format, const sample& from) {
  measure("copy/" + format + "/warm/" + from.name, [format, from] {
    auto in = encoded(format, from.make());
    auto size = in.size();
    return job{size, [in = std::move(in), out = byte_buffer(size)]() mutable {
                 std::memcpy(out.data(), in.data(), in.size());
                 benchmark::ClobberMemory();
                 return out.data();
               }};
  });
  measure("copy/" + format + "/fresh/" + from.name, [format, from] {
    auto in = encoded(format, from.make());
    auto size = in.size();
    return job{size, [in = std::move(in)] {
                 fresh_memory out{in.size()};
                 std::memcpy(out.data(), in.data(), in.size());
                 benchmark::ClobberMemory();
                 return out.data();
               }};
  });
}

} // namespace

void register_memcpy() {
  for (auto format : {"json", "msgpack"})
    for (auto& from : records)
      measure_all(format, from);
  measure_all("json", large_text);
  measure_all("msgpack", large_bytes);
  measure_all("msgpack", large_array);
}

} // namespace micro
