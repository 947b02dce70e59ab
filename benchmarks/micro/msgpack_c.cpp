#include "measure.hpp"
#include "messages.hpp"
#include "subjects.hpp"

#include "caf/aiomas/codec/msgpack.hpp"

#include <msgpack.hpp>

#include <cstdlib>
#include <memory>
#include <string>

namespace micro {

namespace {

void measure_all(const message& what) {
  caf::aiomas::byte_buffer bytes;
  caf::aiomas::msgpack_codec how;
  if (!how.encode(what.triple(), bytes))
    std::abort();
  std::string in{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  auto tree = std::make_shared<msgpack::object_handle>(
    msgpack::unpack(in.data(), in.size()));
  auto out = std::make_shared<msgpack::sbuffer>();
  measure("encode/msgpack/msgpack-c/" + what.name, in.size(), [tree, out] {
    out->clear();
    msgpack::pack(*out, tree->get());
    return out->data();
  });
  measure("decode/msgpack/msgpack-c/" + what.name, in.size(),
          [in] { return msgpack::unpack(in.data(), in.size()); });
}

} // namespace

void register_msgpack_c() {
  for (auto& what : records())
    measure_all(what);
  measure_all(large_bytes());
}

} // namespace micro
