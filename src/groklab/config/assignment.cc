// See assignment.h.
#include "groklab/config/assignment.h"

#include <charconv>
#include <system_error>

#include "groklab/base/error.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

constexpr std::string_view kSetOption = "--set";
constexpr std::string_view kBlanksAround = " \t";

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanksAround);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlanksAround) - first + 1);
}

bool is_quoted(std::string_view text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"'; }

template <typename T>
bool parse_all(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// The value that the text stands for in a field of this type; the text itself if it stands for none.
Value value_of_text(std::string_view text, FieldType type) {
  if (is_quoted(text)) return std::string(text.substr(1, text.size() - 2));
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

Assignment parse_assignment(std::string_view assignment, std::string_view option) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || without_blanks(assignment.substr(0, equals)).empty()) {
    fail(ErrorKind::kConfig, "{}: expected key=value, found {}", option, toml_literal(std::string(assignment)));
  }
  return {std::string(without_blanks(assignment.substr(0, equals))),
          std::string(without_blanks(assignment.substr(equals + 1)))};
}

void apply_assignment(Config& config, const Assignment& assignment, std::string_view option) {
  FieldType type = FieldType::kText;  // of an unknown key: assign_value refuses it
  for (const Field& field : default_fields()) {
    if (assignment.key == field.spec.key) type = field.type;
  }
  assign_value(config, assignment.key, value_of_text(assignment.text, type), option);
}

std::string assignment_text(std::string_view key, const Value& value) {
  const std::string* text = std::get_if<std::string>(&value);
  if (text == nullptr) return fmt::format("{}={}", key, toml_literal(value));
  const bool needs_quotes = is_quoted(*text) || without_blanks(*text) != *text;
  return needs_quotes ? fmt::format("{}=\"{}\"", key, *text) : fmt::format("{}={}", key, *text);
}

void set_config_value(Config& config, std::string_view assignment) {
  apply_assignment(config, parse_assignment(assignment, kSetOption), kSetOption);
}

}  // namespace groklab
