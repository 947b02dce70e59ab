#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec/msgpack.hpp"

#include <msgpack.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace micro {

namespace {

std::string encoded(const sample& from) {
  caf::aiomas::byte_buffer bytes;
  caf::aiomas::msgpack_codec how;
  if (!how.encode(from.make().triple(), bytes))
    throw std::runtime_error("the message cannot be encoded");
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void measure_all(const sample& from) {
  using std::string;
  measure(string{"encode/msgpack/msgpack-c/"} + from.name, [from] {
    auto in = encoded(from);
    auto tree = std::make_shared<msgpack::object_handle>(
      msgpack::unpack(in.data(), in.size()));
    auto out = std::make_shared<msgpack::sbuffer>();
    return job{in.size(), [tree, out] {
                 out->clear();
                 msgpack::pack(*out, tree->get());
                 return out->data();
               }};
  });
  measure(string{"decode/msgpack/msgpack-c/"} + from.name, [from] {
    auto in = encoded(from);
    return job{in.size(),
               [in] { return msgpack::unpack(in.data(), in.size()); }};
  });
}

} // namespace

void register_msgpack_c() {
  for (auto& from : records)
    measure_all(from);
  measure_all(large_bytes);
}

} // namespace micro
