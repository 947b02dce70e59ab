#include "caf/aiomas/error.hpp"

#include "caf/aiomas/detail/type_name.hpp"
#include "caf/aiomas/exception.hpp"
#include "caf/aiomas/session.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <new>
#include <typeinfo>

namespace caf::aiomas {

namespace {

/// The element of an error's context at `index`, which is a string by
/// convention.
std::string context_at(const error& what, size_t index) {
  auto& context = what.context();
  if (context.size() > index && context.match_element<std::string>(index))
    return context.get_as<std::string>(index);
  return {};
}

/// What Python users would see for an error that they did not raise themselves.
const char* python_name(errc code) noexcept {
  switch (code) {
    case errc::lookup_error:
      return "LookupError";
    case errc::type_error:
      return "TypeError";
    case errc::invalid_argument:
    case errc::invalid_url:
      return "ValueError";
    case errc::timeout:
      return "TimeoutError";
    case errc::serialization_error:
    case errc::deserialization_error:
      return "aiomas.exceptions.SerializationError";
    case errc::remote_exception:
      return "aiomas.exceptions.RemoteException";
    case errc::connection_reset:
      return "ConnectionResetError";
    case errc::connection_closed:
    case errc::cannot_connect:
    case errc::no_such_agent:
    case errc::shut_down:
    case errc::stalled:
      return "ConnectionError";
    default:
      return "RuntimeError";
  }
}

} // namespace

error to_error(fault what) {
  if (what.origin.empty())
    return make_error(what.code, std::move(what.text));
  return make_error(what.code, std::move(what.text), std::move(what.origin));
}

fault to_fault(const error& what) {
  auto code = code_of(what);
  if (code != errc::none)
    return fault{code, text_of(what), context_at(what, 1)};
  return fault{errc::handler_failed, text_of(what), "CafError"};
}

errc code_of(const error& what) noexcept {
  if (what && what.category() == caf::detail::error_factory<errc>::category)
    return static_cast<errc>(what.code());
  return errc::none;
}

std::string text_of(const error& what) {
  if (!what)
    return "no error";
  if (code_of(what) != errc::none)
    return context_at(what, 0);
  if (what == sec::request_receiver_down || what.category() == atom("exit"))
    return "the agent has ended";
  if (what == sec::runtime_error)
    return "an exception has ended the agent";
  return actor_system_config::render(what);
}

bool connection_lost(const error& what) noexcept {
  auto code = code_of(what);
  return code == errc::connection_closed || code == errc::connection_reset
         || code == errc::stalled;
}

std::string origin_of(const error& what) {
  return code_of(what) == errc::remote_exception ? context_at(what, 1)
                                                 : std::string{};
}

std::string describe(const error& what) {
  if (!what)
    return "none";
  if (auto place = context_at(what, 2);
      code_of(what) != errc::none && !place.empty())
    return describe(make_error(code_of(what), context_at(what, 0),
                               context_at(what, 1)))
           + " (" + place + ")";
  auto code = code_of(what);
  if (code == errc::remote_exception)
    return "Origin: " + origin_of(what) + "\n" + text_of(what);
  if (code == errc::handler_failed)
    return context_at(what, 1) + ": " + text_of(what);
  if (code != errc::none)
    return to_string(fault{code, text_of(what)});
  return text_of(what);
}

error detail::with_place(error what, std::string place) {
  auto code = code_of(what);
  if (code == errc::none || place.empty())
    return what;
  if (auto before = context_at(what, 2); !before.empty())
    place = before + ", " + place;
  return make_error(code, context_at(what, 0), context_at(what, 1),
                    std::move(place));
}

namespace {

/// Renders where an error came about as a line of a traceback.
std::string with_place_line(std::string traceback, const error& what) {
  if (auto place = context_at(what, 2); !place.empty())
    traceback.insert(traceback.find('\n') + 1, "  " + place + "\n");
  return traceback;
}

std::string plain_traceback(const error& what) {
  auto code = code_of(what);
  if (code == errc::handler_failed)
    return format_traceback(context_at(what, 1), text_of(what));
  if (code == errc::remote_exception)
    return format_traceback(python_name(code), describe(what));
  if (code != errc::none)
    return format_traceback(python_name(code), text_of(what));
  return format_traceback("CafError", text_of(what));
}

} // namespace

std::string traceback_of(const error& what) {
  return with_place_line(plain_traceback(what), what);
}

error to_error(const std::exception_ptr& what) noexcept {
  auto failed = [](std::string type, const char* text) {
    return make_error(errc::handler_failed, std::string{text}, std::move(type));
  };
  try {
    std::rethrow_exception(what);
  } catch (const python_error& x) {
    return failed(x.type(), x.what());
  } catch (const exception& x) {
    return x.why();
  } catch (const error& x) {
    return failed("CafError", describe(x).c_str());
  } catch (const std::out_of_range& x) {
    return failed("IndexError", x.what());
  } catch (const std::invalid_argument& x) {
    return failed("ValueError", x.what());
  } catch (const std::domain_error& x) {
    return failed("ValueError", x.what());
  } catch (const std::bad_alloc&) {
    return failed("MemoryError", "out of memory");
  } catch (const std::exception& x) {
    return failed(detail::type_name(typeid(x)), x.what());
  } catch (...) {
    return failed("Exception", "an exception of unknown type");
  }
}

} // namespace caf::aiomas
