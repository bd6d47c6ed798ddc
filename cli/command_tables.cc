// See command_tables.h.
#include "command_tables.h"

#include <algorithm>

namespace groklab::cli {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands(
      [](const CLI::App* command) { return !command->get_name().empty() && !command->get_group().empty(); });
}

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->nonpositional() && !option->get_group().empty(); });
}

std::vector<const CLI::Option*> positional_options(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> all;
  for (const std::string& name : option.get_snames()) all.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) all.push_back("--" + name);
  return all;
}

const CLI::Option* find_option(const CLI::App& app, std::string_view spelling) {
  for (const CLI::Option* option : named_options(app)) {
    const std::vector<std::string> all = spellings(*option);
    if (std::find(all.begin(), all.end(), spelling) != all.end()) return option;
  }
  return nullptr;
}

}  // namespace groklab::cli
