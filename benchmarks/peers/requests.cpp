#include "requests.hpp"

#include "frames.hpp"
#include "load_values.hpp"

#include <charconv>
#include <span>
#include <stdexcept>

namespace aiomas = caf::aiomas;

namespace peers {

namespace {

std::string to_text(const aiomas::byte_buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class T>
void must(const T& outcome) {
  if (!outcome)
    throw std::runtime_error{outcome.error().text};
}

} // namespace

requests::requests(const load::plan& how)
  : is_msgpack_(how.codec == "msgpack"),
    codec_(load::codec_of(how)()),
    arguments_(load::arguments_of(how, load::make_payload(how.payload))) {
  if (!is_msgpack_ && how.codec != "json")
    throw std::runtime_error{"only json and msgpack have ready-made requests"};
  for (size_t i = 0; i < how.agents; ++i) {
    aiomas::byte_buffer path;
    must(codec_->encode(load::path_of(how, i), path));
    paths_.push_back(to_text(path));
  }
  auto content
    = aiomas::list{load::path_of(how, 0), arguments_, aiomas::dict{}};
  for (size_t id = 0; id < how.depth; ++id) {
    aiomas::byte_buffer message;
    must(codec_->encode_message(0, id, content, message));
    auto text = to_text(message);
    auto path = text.find(paths_[0]);
    heads_.push_back(text.substr(0, path));
    tail_ = text.substr(path + paths_[0].size());
  }
}

void requests::append(std::string& out, size_t id, size_t agent) const {
  auto& head = heads_[id];
  auto& path = paths_[agent];
  char header[header_size];
  write_header(header, head.size() + path.size() + tail_.size());
  out.append(header, sizeof header).append(head).append(path).append(tail_);
}

std::optional<size_t> requests::id_of(std::string_view payload) const {
  return is_msgpack_ ? msgpack_id_of(payload) : json_id_of(payload);
}

// `[1, 42, …` with or without spaces.
std::optional<size_t> requests::json_id_of(std::string_view payload) const {
  if (payload.size() < 5 || payload[1] != '1' || payload[2] != ',')
    return std::nullopt;
  payload.remove_prefix(payload[3] == ' ' ? 4 : 3);
  size_t id = 0;
  auto end = payload.data() + payload.size();
  if (std::from_chars(payload.data(), end, id).ec != std::errc{}
      || id >= heads_.size())
    return std::nullopt;
  return id;
}

// 93 01 and an unsigned number.
std::optional<size_t> requests::msgpack_id_of(std::string_view payload) const {
  if (payload.size() < 4 || payload[1] != 1)
    return std::nullopt;
  auto byte = [&](size_t i) { return static_cast<uint8_t>(payload[i]); };
  size_t id = byte(2);
  if (id >= 0xcc && id <= 0xce) {
    auto n = size_t{1} << (id - 0xcc);
    if (payload.size() < 4 + n)
      return std::nullopt;
    id = 0;
    for (size_t i = 3; i < 3 + n; ++i)
      id = id << 8 | byte(i);
  }
  if (id >= heads_.size())
    return std::nullopt;
  return id;
}

std::string requests::check(std::string_view payload) const {
  auto got = codec_->decode_message(std::as_bytes(std::span{payload}));
  if (got.error)
    return got.error->text;
  if (!got.head || got.head->type != 1)
    return "no RESULT: " + to_string(got.content).substr(0, 500);
  auto request = got.content.get_if<aiomas::list>();
  if (got.content == arguments_.back()
      || (request && request->size() == 3 && (*request)[1] == arguments_))
    return {};
  return "another value than the one that was sent: "
         + to_string(got.content).substr(0, 500);
}

} // namespace peers
