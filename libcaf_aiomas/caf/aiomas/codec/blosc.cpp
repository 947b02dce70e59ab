#include "caf/aiomas/codec/blosc.hpp"

#include "caf/aiomas/codec/value_builder.hpp"

#include <blosc.h>

#include <optional>

namespace caf::aiomas::detail {

namespace {

constexpr size_t header_size = BLOSC_MIN_HEADER_LENGTH;

/// What stands in front of all that Blosc has compressed.
struct header {
  size_t version;
  size_t flags;
  size_t type_size;
  size_t plain_size;
  size_t block_size;
  size_t size;

  bool is_stored() const noexcept {
    return (flags & BLOSC_MEMCPYED) != 0;
  }

  size_t format() const noexcept {
    return flags >> 5;
  }
};

// Little endian.
size_t read_uint32(std::span<const std::byte> in, size_t offset) {
  size_t result = 0;
  for (size_t i = 0; i < 4; ++i)
    result |= std::to_integer<size_t>(in[offset + i]) << (8 * i);
  return result;
}

header read_header(std::span<const std::byte> in) {
  return {std::to_integer<size_t>(in[0]),
          std::to_integer<size_t>(in[2]),
          std::to_integer<size_t>(in[3]),
          read_uint32(in, 4),
          read_uint32(in, 8),
          read_uint32(in, 12)};
}

// Whether the sizes go together. Blosc itself would notice as well, but only
// after memory was allocated, or not at all.
std::optional<fault> check_sizes(const header& x, size_t in_size,
                                 size_t max_size) {
  if (x.size != in_size)
    return error_at("Blosc's length of its data is not that of the payload",
                    12);
  if (x.plain_size > max_size)
    return error_at("decompressed payload would be longer than "
                      + std::to_string(max_size) + " bytes",
                    4);
  if (x.type_size == 0)
    return error_at("Blosc's type size is 0", 3);
  auto room = in_size - header_size;
  if (x.plain_size == 0) // there are no blocks then
    return room == 0 ? std::nullopt
                     : std::optional{
                       error_at("data of length 0 with bytes", header_size)};
  if (x.block_size == 0 || x.block_size > x.plain_size)
    return error_at("Blosc's block size is 0 or longer than the data", 8);
  // For each block, its offset is there.
  auto blocks = (x.plain_size - 1) / x.block_size + 1;
  if (x.is_stored() ? x.plain_size != room : blocks > room / 4)
    return error_at("Blosc's data have another length than announced", 4);
  return std::nullopt;
}

std::optional<fault> check_header(std::span<const std::byte> in,
                                  size_t max_size) {
  if (in.size() < header_size)
    return error_at("payload is shorter than Blosc's header", in.size());
  auto x = read_header(in);
  if (x.version != 1 && x.version != BLOSC_VERSION_FORMAT)
    return error_at("unknown version of Blosc's format", 0);
  if ((x.flags & 0x08) != 0)
    return error_at("unknown flag in Blosc's header", 2);
  return check_sizes(x, in.size(),
                     std::min<size_t>(max_size, BLOSC_MAX_BUFFERSIZE));
}

fault decompression_failed(const header& x, int result) {
  constexpr int no_such_format = -5;
  constexpr int no_such_version = -9;
  constexpr const char* names[] = {"blosclz", "lz4", "snappy", "zlib", "zstd"};
  if (result == no_such_version)
    return error_at("unknown version of a compressor's format", 1);
  if (result != no_such_format)
    return error_at("corrupt Blosc data", header_size);
  std::string text = "c-blosc was built without the compressor ";
  if (x.format() < std::size(names))
    text += names[x.format()];
  else
    text += "number " + std::to_string(x.format());
  return error_at(text, 2);
}

int shuffle_code(blosc_shuffle x) {
  switch (x) {
    case blosc_shuffle::none:
      return BLOSC_NOSHUFFLE;
    case blosc_shuffle::byte:
      return BLOSC_SHUFFLE;
    case blosc_shuffle::bit:
      return BLOSC_BITSHUFFLE;
  }
  return -1;
}

fault invalid(std::string text) {
  return {errc::invalid_argument, std::move(text)};
}

} // namespace

const size_t longest_blosc_input = BLOSC_MAX_BUFFERSIZE;

outcome<void> blosc::check(const blosc_options& options) {
  if (blosc_compname_to_compcode(options.compressor.c_str()) < 0)
    return invalid("c-blosc has no compressor \"" + options.compressor
                   + "\", but " + blosc_list_compressors());
  if (options.level < 0 || options.level > 9)
    return invalid("compression levels go from 0 to 9");
  if (options.type_size == 0 || options.type_size > BLOSC_MAX_TYPESIZE)
    return invalid("Blosc's type sizes go from 1 to "
                   + std::to_string(BLOSC_MAX_TYPESIZE));
  if (shuffle_code(options.shuffle) < 0)
    return invalid("unknown way to shuffle");
  return {};
}

outcome<blosc::shared_span>
blosc::inflate(std::span<const std::byte> in, size_t max_size,
               const std::shared_ptr<const void>& owner) {
  if (auto failure = check_header(in, max_size))
    return *std::move(failure);
  auto head = read_header(in);
  if (head.plain_size == 0 || head.is_stored())
    return shared_span{in.subspan(header_size), owner};
  size_t plain_size = 0;
  if (blosc_cbuffer_validate(in.data(), in.size(), &plain_size) != 0
      || plain_size != head.plain_size)
    return error_at("c-blosc cannot read Blosc's header", 0);
  auto out = plain_.reserve(plain_size);
  auto result = blosc_decompress_ctx(in.data(), out, plain_size, 1);
  // Less than announced would leave bytes that were never written.
  if (result < 0 || static_cast<size_t>(result) != plain_size)
    return decompression_failed(head, result);
  return shared_span{{out, plain_size}, plain_.owner_of(plain_size)};
}

void blosc::release(shared_span what) noexcept {
  what.owner.reset();
  plain_.release();
}

outcome<std::span<const std::byte>>
blosc::compress(std::span<const std::byte> in, const blosc_options& options) {
  auto capacity = in.size() + BLOSC_MAX_OVERHEAD;
  auto out = compressed_.reserve(capacity);
  auto size = blosc_compress_ctx(options.level, shuffle_code(options.shuffle),
                                 options.type_size, in.size(), in.data(), out,
                                 capacity, options.compressor.c_str(), 0, 1);
  if (size <= 0)
    return fault{errc::serialization_error,
                 "Blosc cannot compress the message"};
  return std::span<const std::byte>{out, static_cast<size_t>(size)};
}

} // namespace caf::aiomas::detail
