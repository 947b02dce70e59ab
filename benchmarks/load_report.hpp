#pragma once

#include "load_plan.hpp"
#include "load_result.hpp"

#include <string>

namespace load {

/// One line of JSON.
std::string to_json(const plan& how, const result& what);

/// The head of a table in Markdown, two lines without the last newline.
std::string table_head();

/// One row of it.
std::string to_row(const plan& how, const result& what);

} // namespace load
