// See fields.h: the list of keys for help, and --set.
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/value.h"

namespace groklab {
namespace {

constexpr std::string_view kSetOption = "--set";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <typename T>
bool parse_all(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// The value that the text stands for in a field of this type; the text itself if it stands for none.
Value parsed(std::string_view text, FieldType type) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return std::string(text.substr(1, text.size() - 2));
  if (type == FieldType::kText || type == FieldType::kChoice) return std::string(text);
  if (type == FieldType::kSwitch) {
    if (text == "true" || text == "yes") return true;
    if (text == "false" || text == "no") return false;
  }
  std::int64_t integer = 0;
  if (parse_all(text, integer)) return integer;
  double number = 0;
  if (parse_all(text, number)) return number;
  return std::string(text);
}

}  // namespace

std::vector<FieldInfo> config_fields() {
  std::vector<FieldInfo> infos;
  for (const Field& field : config_values(Config{})) {
    infos.push_back({field.spec.key, field_type_name(field.type), toml_literal(field.value), field.spec.unit,
                     allowed_text(field), field.spec.meaning});
  }
  return infos;
}

void set_config_value(Config& config, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || trimmed(assignment.substr(0, equals)).empty()) {
    fail(ErrorKind::kConfig, "{}: expected key=value, found {}", kSetOption, toml_literal(std::string(assignment)));
  }
  const std::string_view key = trimmed(assignment.substr(0, equals));
  const std::string_view text = trimmed(assignment.substr(equals + 1));
  FieldType type = FieldType::kText;  // of an unknown key: assign_value refuses it
  for (const Field& field : config_values(config)) {
    if (field.spec.key == key) type = field.type;
  }
  assign_value(config, key, parsed(text, type), kSetOption);
}

}  // namespace groklab
