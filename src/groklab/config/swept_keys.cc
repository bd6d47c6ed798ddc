// See swept_keys.h.
#include "groklab/config/swept_keys.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "groklab/base/error.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

std::string plain_text(const Value& value) {
  const std::string* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : toml_literal(value);
}

/// Whether every configuration would have the same value without anyone setting it.
bool follows_from_others(const std::vector<const Config*>& configs, std::size_t field, const std::string& key) {
  return std::all_of(configs.begin(), configs.end(), [&](const Config* config) {
    Config without = *config;
    reset_value(without, key);
    try {
      return config_values(*resolve_config(without))[field].value == config_values(*config)[field].value;
    } catch (const Error&) {
      return false;  // no run without it
    }
  });
}

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

SweptKeys swept_keys(const std::vector<const Config*>& configs) {
  SweptKeys swept;
  swept.values.resize(configs.size());
  std::vector<std::vector<Field>> fields;
  for (const Config* config : configs) fields.push_back(config_values(*config));
  for (std::size_t i = 0; i < default_fields().size() && !configs.empty(); ++i) {
    const std::string key = default_fields()[i].spec.key;
    if (key == "fork.run" || key.ends_with("_digest")) continue;
    const bool differs = std::any_of(fields.begin(), fields.end(), [&](const std::vector<Field>& of_run) {
      return !(of_run[i].value == fields.front()[i].value);
    });
    if (!differs || follows_from_others(configs, i, key)) continue;
    swept.keys.push_back(key);
    for (std::size_t run = 0; run < configs.size(); ++run)
      swept.values[run].push_back(plain_text(fields[run][i].value));
  }
  return swept;
}

std::string key_text(const Config& config, const std::string& key) {
  for (const Field& field : config_values(config)) {
    if (key == field.spec.key) return plain_text(field.value);
  }
  return "";
}

bool value_less(const std::string& a, const std::string& b) {
  const std::optional<double> x = number_of(a), y = number_of(b);
  if (x && y) return *x < *y;
  if (x || y) return x.has_value();
  return a < b;
}

}  // namespace groklab
