// The program's commands as tables: what the man page and completion are made of. Nothing of it is written by hand.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace groklab::cli {

/// The subcommands in their order; none that is hidden.
std::vector<const CLI::App*> commands_of(const CLI::App& app);
/// The named options, or the positional ones.
std::vector<const CLI::Option*> named_options(const CLI::App& app);
std::vector<const CLI::Option*> positional_options(const CLI::App& app);
/// Whether a word follows it.
bool takes_value(const CLI::Option& option);
/// "-o" and "--output", in this order.
std::vector<std::string> spellings(const CLI::Option& option);
/// The option of this spelling, nullptr if there is none.
const CLI::Option* find_option(const CLI::App& app, std::string_view spelling);

/// What may stand at the place of the last word, given those before it ("groklab" left out): subcommands, options,
/// keys, columns, runs. Nothing where a file may stand.
std::vector<std::string> completions(const CLI::App& program, const std::vector<std::string>& words);

/// The manual page of the program and all its commands, as roff.
std::string man_page(const CLI::App& program);

}  // namespace groklab::cli
