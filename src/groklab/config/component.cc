// See component.h.
#include "groklab/config/component.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/operation.h"
#include "groklab/config/probe_set.h"

namespace groklab {
namespace {

const Value& setting(const Config& config, std::string_view key) {
  const auto found = config.settings.find(key);
  if (found != config.settings.end()) return found->second;
  for (const ComponentSpec* component : component_specs()) {
    for (const Field& field : component->keys) {
      if (key == field.spec.key) return field.value;
    }
  }
  fail(ErrorKind::kInternal, "internal: no component has the key {}", key);
}

template <typename T>
const T& typed_setting(const Config& config, std::string_view key) {
  const T* value = std::get_if<T>(&setting(config, key));
  if (value == nullptr) fail(ErrorKind::kInternal, "internal: the key {} has another type", key);
  return *value;
}

bool lists(const std::vector<std::string_view>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// A key that nothing in this run uses must have its default, where a component says so.
void check_only(const Config& config, const ComponentSpec& spec, const Field& field, const Field& standard) {
  if (field.value == standard.value || !lists(spec.only, field.spec.key)) return;
  std::vector<std::string> users;
  for (const ComponentSpec* component : components_of(spec.choice)) {
    if (!lists(component->uses, field.spec.key)) continue;
    if (component_active(*component, config)) return;
    users.emplace_back(component->name);
  }
  std::string chosen;
  for (const ComponentSpec* component : components_of(spec.choice)) {
    if (component_active(*component, config)) chosen = component->name;
  }
  fail(ErrorKind::kConfig, "{} = {}: expected {} unless {} = {}, found {} = {}", field.spec.key,
       toml_literal(field.value), toml_literal(standard.value), spec.choice, join(users, " or "), spec.choice, chosen);
}

}  // namespace

std::vector<std::string> component_names(std::string_view choice) {
  std::vector<std::string> names;
  for (const ComponentSpec* component : components_of(choice)) names.emplace_back(component->name);
  return names;
}

std::vector<const ComponentSpec*> components_of(std::string_view choice) {
  std::vector<const ComponentSpec*> components;
  for (const ComponentSpec* component : component_specs()) {
    if (component->choice == choice) components.push_back(component);
  }
  return components;
}

void check_components(const Config& config) {
  const std::vector<Field> fields = config_values(config);
  const std::vector<Field>& standards = default_fields();
  for (const ComponentSpec* component : component_specs()) {
    for (std::size_t i = 0; i < fields.size(); ++i) check_only(config, *component, fields[i], standards[i]);
  }
  for (const ComponentSpec* component : component_specs()) {
    if (component->check != nullptr && component_active(*component, config)) component->check(config);
  }
}

bool component_active(const ComponentSpec& spec, const Config& config) {
  if (spec.choice.empty()) return spec.active == nullptr || spec.active(config);
  if (spec.choice == kProbesKey) return parse_probes(config.train.probes, kProbesKey).contains(spec.name);
  if (spec.choice == "task.operation") return operation_name(config.task.operation) == spec.name;
  bool known = false, chosen = false;
  visit_fields(config, [&](const FieldSpec& field, const auto& value) {  // no list of all values: this runs often
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string>) {
      if (spec.choice != field.key) return;
      known = true;
      chosen = value == spec.name;
    }
  });
  if (known) return chosen;
  fail(ErrorKind::kInternal, "internal: component {} is chosen by the key {}, which does not exist", spec.name,
       spec.choice);
}

bool key_applies(const Config& config, std::string_view key) {
  bool belongs = false;
  for (const ComponentSpec* component : component_specs()) {
    const bool uses = lists(component->uses, key);
    const bool has = std::any_of(component->keys.begin(), component->keys.end(),
                                 [&](const Field& field) { return key == field.spec.key; });
    if (!uses && !has) continue;
    if (component_active(*component, config)) return true;
    belongs = true;
  }
  return !belongs;
}

void refuse(const Config& config, std::string_view key, const std::string& expected) {
  for (const Field& field : config_values(config)) {
    if (key == field.spec.key) {
      fail(ErrorKind::kConfig, "{} = {}: expected {}", key, toml_literal(field.value), expected);
    }
  }
  fail(ErrorKind::kInternal, "internal: a check names the key {}, which does not exist", key);
}

Field number_key(const char* key, double value, Range range, const char* unit, const char* meaning) {
  return {{key, range, unit, meaning}, FieldType::kNumber, value, {}};
}
Field integer_key(const char* key, std::int64_t value, Range range, const char* unit, const char* meaning) {
  return {{key, range, unit, meaning}, FieldType::kInteger, value, {}};
}
Field switch_key(const char* key, bool value, const char* meaning) {
  return {{key, any_choice(), "", meaning}, FieldType::kSwitch, value, {}};
}
Field text_key(const char* key, std::string value, const char* allowed, const char* meaning) {
  return {{key, text_range(allowed), "", meaning}, FieldType::kText, std::move(value), {}};
}
Field choice_key(const char* key, std::string value, std::vector<std::string> choices, const char* meaning) {
  return {{key, any_choice(), "", meaning}, FieldType::kChoice, std::move(value), std::move(choices)};
}

double number_setting(const Config& config, std::string_view key) { return typed_setting<double>(config, key); }
std::int64_t integer_setting(const Config& config, std::string_view key) {
  return typed_setting<std::int64_t>(config, key);
}
bool switch_setting(const Config& config, std::string_view key) { return typed_setting<bool>(config, key); }
const std::string& text_setting(const Config& config, std::string_view key) {
  return typed_setting<std::string>(config, key);
}

}  // namespace groklab
