#include "caf/aiomas/value.hpp"

#include "caf/aiomas/detail/float_repr.hpp"
#include "caf/aiomas/detail/type_name.hpp"
#include "caf/aiomas/detail/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <ostream>

namespace caf::aiomas {

namespace {

// -- text ---------------------------------------------------------------------

void print_escaped(std::string& out, char c) {
  constexpr char digits[] = "0123456789abcdef";
  auto code = static_cast<unsigned char>(c);
  switch (c) {
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\x";
      out += digits[code >> 4];
      out += digits[code & 15];
  }
}

// Python prefers single quotes unless that costs a backslash.
char quote_for(std::string_view text) {
  auto has = [text](char c) { return text.find(c) != text.npos; };
  return has('\'') && !has('"') ? '"' : '\'';
}

void print_text(std::string& out, std::string_view text, bool is_utf8) {
  auto quote = quote_for(text);
  out += quote;
  for (size_t n = 1; !text.empty(); text.remove_prefix(n)) {
    auto c = text.front();
    n = is_utf8 ? std::max(detail::utf8_length(text), size_t{1}) : 1;
    if (c == '\\' || c == quote)
      out.append({'\\', c});
    else if (n > 1 || (c >= ' ' && c < 0x7F))
      out += text.substr(0, n);
    else
      print_escaped(out, c);
  }
  out += quote;
}

void print(std::string& out, const value& x);

void print(std::string& out, const dict& xs) {
  out += '{';
  for (auto& [key, x] : xs) {
    if (&key != &xs.begin()->first)
      out += ", ";
    print(out, key);
    out += ": ";
    print(out, x);
  }
  out += '}';
}

struct printer {
  std::string& out;

  void operator()(null_t) {
    out += "None";
  }

  void operator()(bool x) {
    out += x ? "True" : "False";
  }

  void operator()(int64_t x) {
    out += std::to_string(x);
  }

  void operator()(uint64_t x) {
    out += std::to_string(x);
  }

  void operator()(double x) {
    if (std::isnan(x))
      out += "nan";
    else if (std::isinf(x))
      out += x < 0 ? "-inf" : "inf";
    else
      out += detail::float_repr{x}.view();
  }

  void operator()(std::string_view x) {
    print_text(out, x, true);
  }

  void operator()(std::span<const std::byte> x) {
    out += 'b';
    print_text(out, {reinterpret_cast<const char*>(x.data()), x.size()}, false);
  }

  void operator()(const list& xs) {
    out += '[';
    for (auto& x : xs) {
      if (&x != xs.data())
        out += ", ";
      print(out, x);
    }
    out += ']';
  }

  void operator()(const dict& xs) {
    print(out, xs);
  }

  void operator()(const tagged& x) {
    out += "<object of type ";
    out += std::to_string(x.type_id);
    out += ": ";
    print(out, x.content);
    out += '>';
  }

  void operator()(const extension& x) {
    out += "ExtType(code=";
    out += std::to_string(x.code);
    out += ", data=";
    (*this)(std::span{x.data});
    out += ')';
  }

  void operator()(const object& x) {
    out += '<';
    out += detail::type_name(x.type());
    out += " object>";
  }
};

void print(std::string& out, const value& x) {
  x.visit(printer{out});
}

} // namespace

// -- value --------------------------------------------------------------------

value::value(tagged x) {
  set(kind::tagged, &tagged_, std::make_shared<const tagged>(std::move(x)));
}

template <class Self, class F>
void value::with_member(Self& self, F&& f) {
  switch (self.kind_) {
    case kind::string:
      return self.shared_ ? f(self.shared_string_) : f(self.string_);
    case kind::bytes:
      return self.shared_ ? f(self.shared_bytes_) : f(self.bytes_);
    case kind::list:
      return f(self.list_);
    case kind::dict:
      return f(self.dict_);
    case kind::tagged:
      return f(self.tagged_);
    case kind::object:
      return f(self.object_);
    case kind::extension:
      return f(self.extension_);
    default:
      return f(self.uinteger_);
  }
}

void value::take_over(value& other) noexcept {
  with_member(other, [this]<class T>(T& member) {
    new (&uinteger_) T(std::move(member));
    std::destroy_at(&member);
  });
  kind_ = std::exchange(other.kind_, kind::null);
  shared_ = std::exchange(other.shared_, false);
}

void value::copy_from(const value& other) {
  with_member(other,
              [this]<class T>(const T& member) { new (&uinteger_) T(member); });
  kind_ = other.kind_;
  shared_ = other.shared_;
}

void value::destroy() noexcept {
  with_member(*this, []<class T>(T& member) { std::destroy_at(&member); });
}

bool operator==(const value& x, const value& y) {
  if (x.type() != y.type())
    return false;
  return x.visit([&y]<class T>(const T& content) {
    if constexpr (std::is_same_v<T, std::span<const std::byte>>)
      return std::ranges::equal(content, *y.get_if<T>());
    else
      return content == *y.get_if<T>();
  });
}

const char* python_type_name(const value& x) noexcept {
  switch (x.type()) {
    case value::kind::null:
      return "NoneType";
    case value::kind::boolean:
      return "bool";
    case value::kind::integer:
    case value::kind::uinteger:
      return "int";
    case value::kind::floating:
      return "float";
    case value::kind::string:
      return "str";
    case value::kind::bytes:
      return "bytes";
    case value::kind::list:
      return "list";
    case value::kind::dict:
      return "dict";
    case value::kind::extension:
      return "ExtType";
    case value::kind::tagged:
    case value::kind::object:
      break;
  }
  return "object";
}

std::string to_string(const value& x) {
  std::string result;
  print(result, x);
  return result;
}

std::string to_string(const dict& x) {
  std::string result;
  print(result, x);
  return result;
}

std::ostream& operator<<(std::ostream& out, const value& x) {
  return out << to_string(x);
}

} // namespace caf::aiomas
