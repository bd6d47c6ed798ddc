// Configurations as TOML text. Only this file and those of grids include toml++, which is slow to compile.
#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/keys.h"
#include "groklab/config/text_file.h"
#include "groklab/config/toml_names.h"

namespace groklab {
namespace {

void read_table(Config& config, const toml::table& table, const std::string& prefix, const std::string& where) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const std::string place = fmt::format("{}:{}", where, name.source().begin.line);
    const toml::table* inner = node.as_table();
    if (is_config_section(key)) {
      if (inner == nullptr) {
        const Value value = toml_value(node);
        fail(ErrorKind::kConfig, "{}: {}: expected a section of keys, such as [{}], found {}", place, key, key,
             toml_literal(value));
      }
      read_table(config, *inner, key + ".", where);
    } else if (inner != nullptr && !inner->empty() && !is_config_key(key)) {
      read_table(config, *inner, key + ".", where);  // an unknown section: its first key makes the better message
    } else {
      assign_value(config, key, toml_value(node), place);
    }
  }
}

}  // namespace

Config parse_config_text(std::string_view text, const std::string& where) {
  Config config;
  read_table(config, parse_toml(text, where), "", where);
  return config;
}

Config read_config_file(const std::string& path) { return parse_config_text(read_text_file(path), path); }

std::string config_to_toml(const Config& config) {
  std::string text;
  std::string section;
  for (const Field& field : config_values(config)) {
    const std::string_view key = field.spec.key;
    const std::size_t dot = key.rfind('.');
    const std::string_view its_section = dot == std::string_view::npos ? "" : key.substr(0, dot);
    if (its_section != section) {
      section = its_section;
      text += fmt::format("\n[{}]\n", section);
    }
    text +=
        fmt::format("{} = {}\n", dot == std::string_view::npos ? key : key.substr(dot + 1), toml_literal(field.value));
  }
  return text;
}

}  // namespace groklab
