#pragma once

#include <caf/expected.hpp>

#include <cstddef>
#include <string>

namespace caf::aiomas {

/// Loads a shared library that has types of agents in it, made known by
/// `AIOMAS_REGISTER_AGENT`, and returns how many these are: none if it is
/// loaded already. It stays until the end of the process. `path` is that of a
/// file; libraries are not looked for elsewhere.
///
/// Fails with `invalid_argument`: if there is no such file, if it is no shared
/// library or needs something that is not there, if it registers nothing, was
/// built for another version of this library or of CAF, or registers names that
/// are taken. Those which it has registered before that stay.
///
/// Loading runs the static initializers of the plug-in: whoever may choose the
/// file may do anything. If one of them throws, the C library cannot go on:
/// that is said on stderr, and the process ends at once, with 2. Plug-ins are
/// to be loaded at the start of a program, before it has anything to lose.
///
/// Plug-ins need the program to use the shared build of this library. For any
/// thread; one at a time.
expected<size_t> load_plugin(const std::string& path);

/// Loads all files `*.so` in a folder, in the order of their names, and returns
/// how many agents' types they have. Fails with `invalid_argument` if the
/// folder cannot be read or has no such file, or with the first failure.
expected<size_t> load_plugins_in(const std::string& folder);

} // namespace caf::aiomas
