#pragma once

#include "load_plan.hpp"

#include "caf/aiomas/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peers {

/// Requests that are put together from ready-made bytes, and what can be seen
/// of replies without decoding them. The id of a request is that of its place
/// among those pending, so that it comes again when the reply has arrived.
class requests {
public:
  /// Throws `std::runtime_error` if the codec is neither JSON nor MsgPack.
  explicit requests(const load::plan& how);

  /// Appends a frame that calls the function of an agent.
  void append(std::string& out, size_t id, size_t agent) const;

  /// Returns the id if the payload of a frame begins as a RESULT does.
  std::optional<size_t> id_of(std::string_view payload) const;

  /// Decodes a reply. Returns what is wrong with it, or an empty string. A
  /// reply whose result is the whole request, as from raw_echo, is right as
  /// well.
  std::string check(std::string_view payload) const;

private:
  std::optional<size_t> json_id_of(std::string_view payload) const;
  std::optional<size_t> msgpack_id_of(std::string_view payload) const;

  bool is_msgpack_;
  std::unique_ptr<caf::aiomas::codec> codec_;
  caf::aiomas::list arguments_;
  std::vector<std::string> heads_; // by id
  std::vector<std::string> paths_; // by agent
  std::string tail_;
};

} // namespace peers
