// groklab config
#include "groklab/config.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "commands.h"
#include "groklab/config/reference.h"
#include "options.h"
#include "run_text.h"

namespace groklab::cli {
namespace {

/// A TOML file of all defaults, each with its meaning.
std::string example_toml() {
  std::string text =
      "# Every key of a groklab run with its default. Keep what you change, delete the rest.\n"
      "# Train with: groklab train FILE.toml\n";
  std::string section;
  for (const FieldInfo& field : config_fields()) {
    const std::size_t dot = field.key.rfind('.');
    const std::string in = dot == std::string::npos ? "" : field.key.substr(0, dot);
    if (in != section) text += fmt::format("\n[{}]\n", section = in);
    std::string allowed = field.range;
    if (!field.unit.empty()) allowed += (allowed.empty() ? "" : " ") + field.unit;
    text += fmt::format("# {}{}\n{} = {}\n", field.meaning, allowed.empty() ? "" : " [" + allowed + "]",
                        dot == std::string::npos ? field.key : field.key.substr(dot + 1), field.default_value);
  }
  return text;
}

std::string fields_json() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const FieldInfo& field : config_fields()) {
    list.push_back({{"key", field.key},
                    {"type", field.type},
                    {"default", field.default_value},
                    {"unit", field.unit},
                    {"range", field.range},
                    {"meaning", field.meaning}});
  }
  return json_text(list, 2) + "\n";
}

}  // namespace

void add_config(CLI::App& program, Action& action) {
  struct Options {
    bool example = false, markdown = false, json = false;
    std::string name;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("config", "List every key with its default, unit, range and meaning");
  command->add_option("name", options->name, "A key or a section, such as optim.kind or optim; all if not given");
  CLI::Option* example = command->add_flag("--example", options->example, "A commented TOML file to start from");
  CLI::Option* markdown = command->add_flag("--markdown", options->markdown, "As Markdown tables")->excludes(example);
  command->add_flag("--json", options->json, "As JSON")->excludes(example)->excludes(markdown);
  command->callback([options, &action] {
    action = [options] {
      write_text(options->example    ? example_toml()
                 : options->markdown ? config_reference_markdown()
                 : options->json     ? fields_json()
                                     : config_reference_text(options->name));
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
