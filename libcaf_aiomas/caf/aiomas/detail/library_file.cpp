#include "caf/aiomas/detail/library_file.hpp"

#include "caf/aiomas/detail/child_spawn.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace caf::aiomas::detail {

namespace {

using file_header = ElfW(Ehdr);
using segment_header = ElfW(Phdr);

template <class T>
bool read_at(int fd, uint64_t offset, T& into) {
  return ::pread(fd, &into, sizeof into, static_cast<off_t>(offset))
         == static_cast<ssize_t>(sizeof into);
}

/// Reads the header of this process' own program.
bool read_own(file_header& into) {
  descriptor file{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  return file.get() >= 0 && read_at(file.get(), 0, into);
}

/// Returns why a file with this header cannot be loaded, if it cannot.
const char* wrong_with(const file_header& header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return "it is no shared library";
  file_header own;
  if (read_own(own)
      && (header.e_machine != own.e_machine
          || header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS]
          || header.e_ident[EI_DATA] != own.e_ident[EI_DATA]))
    return "it was built for another kind of machine";
  if (header.e_type != ET_DYN || header.e_phentsize != sizeof(segment_header))
    return "it is no shared library";
  return nullptr;
}

/// Whether all that is to be mapped into memory is there.
bool is_complete(int fd, const file_header& header, uint64_t size) {
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    segment_header segment;
    if (!read_at(fd, header.e_phoff + i * sizeof segment, segment))
      return false;
    if (segment.p_type == PT_LOAD
        && (segment.p_filesz > size
            || segment.p_offset > size - segment.p_filesz))
      return false;
  }
  return true;
}

fault refuse(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

} // namespace

outcome<void> check_library_file(const std::string& path) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0)
    return refuse("cannot open the file: "
                  + std::generic_category().message(errno));
  struct stat about = {};
  if (::fstat(file.get(), &about) != 0)
    return refuse(std::generic_category().message(errno));
  if (!S_ISREG(about.st_mode))
    return refuse("it is no regular file");
  file_header header;
  if (!read_at(file.get(), 0, header))
    return refuse("it is no shared library");
  if (auto why = wrong_with(header))
    return refuse(why);
  if (!is_complete(file.get(), header, static_cast<uint64_t>(about.st_size)))
    return refuse("the file is cut off");
  return {};
}

} // namespace caf::aiomas::detail
