// Examples below each command's help and on the manual page.
#pragma once

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

namespace groklab::cli {

/// Command lines of the command of this name; none for some.
std::vector<std::string_view> examples_of(std::string_view command);
/// Puts them below the help of every command of the program.
void add_examples(CLI::App& program);

}  // namespace groklab::cli
