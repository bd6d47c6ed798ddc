// See keys.h.
#include "groklab/config/keys.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/component.h"
#include "groklab/config/enum_names.h"
#include "groklab/config/formula.h"
#include "groklab/config/operation.h"
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
Value plain_value(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return std::string(enum_name(value));
  } else {
    return value;
  }
}

template <typename T>
Field make_field(const FieldSpec& spec, const T& value) {
  Field field{spec, type_of<T>(), plain_value(value), {}};
  if (spec.range.component) {
    field.type = FieldType::kChoice;
    field.choices = component_names(spec.key);
    if (spec.range.formula) std::erase(field.choices, kFormulaOperation);
  }
  if constexpr (std::is_enum_v<T>) {
    for (const std::string_view name : EnumNames<T>::values) field.choices.emplace_back(name);
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

[[noreturn]] void refuse_formula(const Field& field, const std::string& text, const std::string& prefix) {
  try {
    parse_formula(text);
  } catch (const Error& error) {
    fail(ErrorKind::kConfig, "{}{}: {}", prefix, field.spec.key, error.what());
  }
  fail(ErrorKind::kInternal, "internal: the formula {} is refused for nothing", text);
}

[[noreturn]] void refuse_field(const Field& field, const Value& found, std::string_view where) {
  const std::string prefix = where.empty() ? "" : fmt::format("{}: ", where);
  if (const Unusable* unusable = std::get_if<Unusable>(&found)) {
    fail(ErrorKind::kConfig, "{}{}: expected {}, found {}", prefix, field.spec.key, allowed_text(field),
         unusable->what);
  }
  std::string hint;
  if (const std::string* text = std::get_if<std::string>(&found)) {
    if (field.spec.range.formula && looks_like_formula(*text)) refuse_formula(field, *text, prefix);
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
      if (!value_allowed(field)) refuse_field(field, value, where);
      config.settings.erase(std::string(key));
      if (field.value != standard) config.settings.emplace(key, field.value);
      return true;
    }
  }
  return false;
}

}  // namespace

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

std::optional<Value> config_value(const Config& config, std::string_view key) {
  std::optional<Value> found;
  visit_fields(config, [&](const FieldSpec& spec, const auto& value) {
    if (key == spec.key) found = plain_value(value);
  });
  if (found) return found;
  if (const auto setting = config.settings.find(key); setting != config.settings.end()) return setting->second;
  for (const Field& field : default_fields()) {
    if (key == field.spec.key) return field.value;  // of a component, as nothing else was found
  }
  return std::nullopt;
}

const std::vector<Field>& default_fields() {
  static const std::vector<Field> fields = config_values(Config{});
  return fields;
}

bool is_config_key(std::string_view name) {
  for (const Field& field : default_fields()) {
    if (name == field.spec.key) return true;
  }
  return false;
}

bool is_config_section(std::string_view name) {
  for (const Field& field : default_fields()) {
    const std::string_view key = field.spec.key;
    if (key.size() > name.size() && key.starts_with(name) && key[name.size()] == '.') return true;
  }
  return false;
}

void reset_value(Config& config, std::string_view key) {
  for (const Field& field : default_fields()) {
    if (key == field.spec.key) return assign_value(config, key, field.value, "");
  }
  fail(ErrorKind::kInternal, "internal: the key {} does not exist", key);
}

void assign_value(Config& config, std::string_view key, const Value& value, std::string_view where) {
  bool known = false;
  visit_fields(config, [&](const FieldSpec& spec, auto& target) {
    if (key != spec.key) return;
    known = true;
    using T = std::remove_reference_t<decltype(target)>;
    Field field = make_field(spec, target);
    field.value = converted(value, field.type);
    if (!value_allowed(field)) refuse_field(field, value, where);
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

}  // namespace groklab
