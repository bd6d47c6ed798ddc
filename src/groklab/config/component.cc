// See component.h.
#include "groklab/config/component.h"

#include <utility>

#include "groklab/base/error.h"

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

}  // namespace

std::vector<std::string> component_names(std::string_view choice) {
  std::vector<std::string> names;
  for (const ComponentSpec* component : component_specs()) {
    if (component->choice == choice) names.emplace_back(component->name);
  }
  return names;
}

bool component_active(const ComponentSpec& spec, const Config& config) {
  if (spec.choice.empty()) return spec.active == nullptr || spec.active(config);
  for (const Field& field : config_values(config)) {
    if (spec.choice == field.spec.key) return field.value == Value(std::string(spec.name));
  }
  fail(ErrorKind::kInternal, "internal: component {} is chosen by the key {}, which does not exist", spec.name,
       spec.choice);
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
