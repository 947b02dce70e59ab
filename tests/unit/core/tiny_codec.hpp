#pragma once

#include "caf/aiomas/codec.hpp"

#include <charconv>
#include <string>
#include <string_view>

/// A codec as a user may write one: the least that it takes. Knows integers
/// (`i42e`), strings (`3:abc`), and lists of them (`li1e3:abce`).
class tiny_codec : public caf::aiomas::codec {
public:
  using value = caf::aiomas::value;
  using fault = caf::aiomas::fault;

  const char* name() const noexcept override {
    return "tiny";
  }

  caf::aiomas::outcome<void> encode(const value& x,
                                    caf::aiomas::byte_buffer& out) override {
    std::string text;
    if (!print(x, text))
      return fault{caf::aiomas::errc::serialization_error, "too much for me"};
    auto bytes = std::as_bytes(std::span{text});
    out.insert(out.end(), bytes.begin(), bytes.end());
    return {};
  }

  caf::aiomas::outcome<value> decode(std::span<const std::byte> in) override {
    std::string_view text{reinterpret_cast<const char*>(in.data()), in.size()};
    value result;
    if (!parse(text, result) || !text.empty())
      return fault{caf::aiomas::errc::deserialization_error, "not for me"};
    return result;
  }

private:
  static bool print(const value& x, std::string& out) {
    if (auto* i = x.get_if<int64_t>()) {
      out += "i" + std::to_string(*i) + "e";
    } else if (auto* str = x.get_if<std::string>()) {
      out += std::to_string(str->size()) + ":" + *str;
    } else if (auto* xs = x.get_if<caf::aiomas::list>()) {
      out += "l";
      for (auto& element : *xs)
        if (!print(element, out))
          return false;
      out += "e";
    } else {
      return false;
    }
    return true;
  }

  static bool parse(std::string_view& in, value& out) {
    if (in.empty())
      return false;
    if (in[0] == 'l') {
      in.remove_prefix(1);
      caf::aiomas::list xs;
      while (!in.empty() && in[0] != 'e')
        if (!parse(in, xs.emplace_back()))
          return false;
      out = std::move(xs);
      return skip(in, 'e');
    }
    auto is_string = in[0] != 'i';
    if (!is_string)
      in.remove_prefix(1);
    int64_t number = 0;
    auto end = in.data() + in.size();
    auto [pos, err] = std::from_chars(in.data(), end, number);
    if (err != std::errc{})
      return false;
    in.remove_prefix(static_cast<size_t>(pos - in.data()));
    if (!skip(in, is_string ? ':' : 'e'))
      return false;
    out = number;
    if (!is_string)
      return true;
    auto size = static_cast<size_t>(number);
    if (size > in.size())
      return false;
    out = in.substr(0, size);
    in.remove_prefix(size);
    return true;
  }

  static bool skip(std::string_view& in, char ch) {
    if (in.empty() || in[0] != ch)
      return false;
    in.remove_prefix(1);
    return true;
  }
};
