// Configurations as TOML text. The only file that includes toml++, which is slow to compile.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config/fields.h"
#include "groklab/config/value.h"

namespace groklab {
namespace {

bool is_section(std::string_view name) {
  bool found = false;
  visit_fields(static_cast<const Config&>(Config{}), [&](const FieldSpec& spec, const auto&) {
    const std::string_view key = spec.key;
    found = found || (key.size() > name.size() && key.starts_with(name) && key[name.size()] == '.');
  });
  return found;
}

bool is_key(std::string_view name) {
  bool found = false;
  visit_fields(static_cast<const Config&>(Config{}),
               [&](const FieldSpec& spec, const auto&) { found = found || name == spec.key; });
  return found;
}

Value value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* integer = node.as_integer()) return std::int64_t{integer->get()};
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  if (node.is_array()) return Unusable{"an array"};
  if (node.is_table()) return Unusable{"a section"};
  return Unusable{"a date or time"};
}

void read_table(Config& config, const toml::table& table, const std::string& prefix, const std::string& where) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const std::string place = fmt::format("{}:{}", where, name.source().begin.line);
    const toml::table* inner = node.as_table();
    if (is_section(key)) {
      if (inner == nullptr) {
        const Value value = value_of(node);
        fail(ErrorKind::kConfig, "{}: {}: expected a section of keys, such as [{}], found {}", place, key, key,
             toml_literal(value));
      }
      read_table(config, *inner, key + ".", where);
    } else if (inner != nullptr && !inner->empty() && !is_key(key)) {
      read_table(config, *inner, key + ".", where);  // an unknown section: its first key makes the better message
    } else {
      assign_value(config, key, value_of(node), place);
    }
  }
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return line;
}

}  // namespace

Config parse_config_text(std::string_view text, const std::string& where) {
  Config config;
  try {
    read_table(config, toml::parse(text), "", where);
  } catch (const toml::parse_error& error) {
    const toml::source_position& at = error.source().begin;
    fail(ErrorKind::kConfig, "{}:{}:{}: expected TOML, found a syntax error: {}", where, at.line, at.column,
         one_line(error.description()));
  }
  return config;
}

Config read_config_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || errno == EISDIR) {
    fail(ErrorKind::kInput, "{}: expected a readable configuration file, found: {}", path,
         errno != 0 ? std::strerror(errno) : "a read error");
  }
  return parse_config_text(text.str(), path);
}

std::string config_to_toml(const Config& config) {
  std::string text;
  std::string section;
  for (const Field& field : config_values(config)) {
    const std::string_view key = field.spec.key;
    const std::size_t dot = key.find('.');
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
