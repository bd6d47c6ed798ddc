// See value.h.
#include "groklab/config/value.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/enum_names.h"
#include "groklab/config/renamed_keys.h"
#include "groklab/config/suggest.h"

namespace groklab {
namespace {

template <typename T>
constexpr FieldType type_of() {
  if constexpr (std::is_same_v<T, bool>) return FieldType::kSwitch;
  if constexpr (std::is_same_v<T, std::int64_t>) return FieldType::kInteger;
  if constexpr (std::is_same_v<T, double>) return FieldType::kNumber;
  if constexpr (std::is_same_v<T, std::string>) return FieldType::kText;
  return FieldType::kChoice;
}

template <typename T>
Field make_field(const FieldSpec& spec, const T& value) {
  Field field{spec, type_of<T>(), {}, {}};
  if (spec.range.component) {
    field.type = FieldType::kChoice;
    field.choices = component_names(spec.key);
  }
  if constexpr (std::is_enum_v<T>) {
    field.value = std::string(enum_name(value));
    for (const std::string_view name : EnumNames<T>::values) field.choices.emplace_back(name);
  } else {
    field.value = value;
  }
  return field;
}

/// Turns a value into the field's own type where nothing is lost: 1e5 for an integer, 1 for a number, and the
/// unquoted true of TOML for the choice of that name.
Value converted(const Value& value, FieldType type) {
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: above it a double no longer names one integer
  if (type == FieldType::kInteger) {
    if (const double* number = std::get_if<double>(&value)) {
      if (std::abs(*number) <= kExactIntegers && std::trunc(*number) == *number) {
        return static_cast<std::int64_t>(*number);
      }
    }
  }
  if (type == FieldType::kNumber) {
    if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  }
  if (type == FieldType::kChoice) {
    if (const bool* flag = std::get_if<bool>(&value)) return std::string(*flag ? "true" : "false");
  }
  return value;
}

bool in_range(double value, const Range& range) {
  if (!std::isfinite(value)) return false;
  const bool above_low = range.low_open ? value > range.low : value >= range.low;
  const bool below_high = range.high_open ? value < range.high : value <= range.high;
  return above_low && below_high;
}

/// Printable UTF-8 on one line: anything else could neither be written to TOML and JSON nor shown in one line.
bool is_plain_text(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x20 || lead == 0x7f) return false;
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xc0) != 0x80) return false;
      code = code << 6 | (byte & 0x3fu);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    i += length;
  }
  return true;
}

std::string comma_separated(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string number_range(const char* noun, const Range& range) {
  const bool has_low = std::isfinite(range.low);
  const bool has_high = std::isfinite(range.high);
  if (has_low && has_high) {
    return fmt::format("{} in {}{}, {}{}", noun, range.low_open ? '(' : '[', range.low, range.high,
                       range.high_open ? ')' : ']');
  }
  if (has_low) return fmt::format("{} {} {}", noun, range.low_open ? "above" : "of at least", range.low);
  if (has_high) return fmt::format("{} {} {}", noun, range.high_open ? "below" : "of at most", range.high);
  return noun;
}

[[noreturn]] void refuse(const Field& field, const Value& found, std::string_view where) {
  const std::string prefix = where.empty() ? "" : fmt::format("{}: ", where);
  if (const Unusable* unusable = std::get_if<Unusable>(&found)) {
    fail(ErrorKind::kConfig, "{}{}: expected {}, found {}", prefix, field.spec.key, allowed_text(field),
         unusable->what);
  }
  std::string hint;
  if (const std::string* text = std::get_if<std::string>(&found)) {
    hint = nearest_name(*text, field.choices);
    if (!hint.empty()) hint = fmt::format("; did you mean \"{}\"?", hint);
  }
  const std::string shown = toml_literal(found);
  fail(ErrorKind::kConfig, "{}{} = {}: expected {}, found {}{}", prefix, field.spec.key, shown, allowed_text(field),
       shown, hint);
}

/// Sets a key of a component, if it is one.
bool assign_setting(Config& config, std::string_view key, const Value& value, std::string_view where) {
  for (const ComponentSpec* component : component_specs()) {
    for (Field field : component->keys) {
      if (key != field.spec.key) continue;
      const Value standard = field.value;
      field.value = converted(value, field.type);
      if (!value_allowed(field)) refuse(field, value, where);
      config.settings.erase(std::string(key));
      if (field.value != standard) config.settings.emplace(key, field.value);
      return true;
    }
  }
  return false;
}

}  // namespace

const char* field_type_name(FieldType type) {
  switch (type) {
    case FieldType::kInteger:
      return "integer";
    case FieldType::kNumber:
      return "number";
    case FieldType::kText:
      return "text";
    case FieldType::kSwitch:
      return "yes/no";
    case FieldType::kChoice:
      return "choice";
  }
  return "";
}

std::vector<Field> config_values(const Config& config) {
  std::vector<Field> fields;
  visit_fields(config,
               [&fields](const FieldSpec& spec, const auto& value) { fields.push_back(make_field(spec, value)); });
  for (const ComponentSpec* component : component_specs()) {
    for (Field field : component->keys) {
      const auto found = config.settings.find(field.spec.key);
      if (found != config.settings.end()) field.value = found->second;
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

bool is_config_key(std::string_view name) {
  for (const Field& field : config_values(Config{})) {
    if (name == field.spec.key) return true;
  }
  return false;
}

bool is_config_section(std::string_view name) {
  for (const Field& field : config_values(Config{})) {
    const std::string_view key = field.spec.key;
    if (key.size() > name.size() && key.starts_with(name) && key[name.size()] == '.') return true;
  }
  return false;
}

void reset_value(Config& config, std::string_view key) {
  for (const Field& field : config_values(Config{})) {
    if (key == field.spec.key) return assign_value(config, key, field.value, "");
  }
  fail(ErrorKind::kInternal, "internal: the key {} does not exist", key);
}

bool value_allowed(const Field& field) {
  switch (field.type) {
    case FieldType::kSwitch:
      return std::holds_alternative<bool>(field.value);
    case FieldType::kInteger: {
      const std::int64_t* value = std::get_if<std::int64_t>(&field.value);
      return value != nullptr && in_range(static_cast<double>(*value), field.spec.range);
    }
    case FieldType::kNumber: {
      const double* value = std::get_if<double>(&field.value);
      return value != nullptr && in_range(*value, field.spec.range);
    }
    case FieldType::kText: {
      const std::string* value = std::get_if<std::string>(&field.value);
      return value != nullptr && is_plain_text(*value);
    }
    case FieldType::kChoice: {
      const std::string* value = std::get_if<std::string>(&field.value);
      if (value == nullptr) return false;
      for (const std::string& choice : field.choices) {
        if (choice == *value) return true;
      }
      return false;
    }
  }
  return false;
}

std::string allowed_text(const Field& field) {
  switch (field.type) {
    case FieldType::kInteger:
      return number_range("a whole number", field.spec.range);
    case FieldType::kNumber:
      return number_range("a number", field.spec.range);
    case FieldType::kText:
      return field.spec.range.text != nullptr ? field.spec.range.text : "one line of text";
    case FieldType::kSwitch:
      return "true or false";
    case FieldType::kChoice:
      return "one of " + comma_separated(field.choices);
  }
  return "";
}

void assign_value(Config& config, std::string_view key, const Value& value, std::string_view where) {
  bool known = false;
  visit_fields(config, [&](const FieldSpec& spec, auto& target) {
    if (key != spec.key) return;
    known = true;
    using T = std::remove_reference_t<decltype(target)>;
    Field field = make_field(spec, target);
    field.value = converted(value, field.type);
    if (!value_allowed(field)) refuse(field, value, where);
    if constexpr (std::is_enum_v<T>) {
      target = *enum_from_name<T>(std::get<std::string>(field.value));
    } else {
      target = std::get<T>(field.value);
    }
  });
  if (known || assign_setting(config, key, value, where)) return;
  const std::string prefix = where.empty() ? "" : fmt::format("{}: ", where);
  if (const std::string_view now = renamed_key(key); !now.empty()) {
    fail(ErrorKind::kConfig, "{}{}: expected its present name {}, found a name of an older version", prefix, key, now);
  }
  const std::string hint = suggest_key(key);
  fail(ErrorKind::kConfig, "{}unknown key {}{}", prefix, toml_literal(std::string(key)),
       hint.empty() ? "" : fmt::format("; did you mean \"{}\"?", hint));
}

std::string toml_literal(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
  if (const double* number = std::get_if<double>(&value)) {
    std::string text = fmt::format("{}", *number);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";  // a TOML float, not an integer
    return text;
  }
  if (const Unusable* unusable = std::get_if<Unusable>(&value)) return unusable->what;
  std::string text = "\"";
  for (const char c : std::get<std::string>(value)) {
    if (c == '"' || c == '\\') text += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      text += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace groklab
