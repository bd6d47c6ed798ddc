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
bool follows_from_others(const std::vector<const Config*>& configs, const std::string& key) {
  return std::all_of(configs.begin(), configs.end(), [&](const Config* config) {
    Config without = *config;
    reset_value(without, key);
    try {
      return config_value(*resolve_config(without), key) == config_value(*config, key);
    } catch (const Error&) {
      return false;  // no run without it
    }
  });
}

/// [fields] whether a configuration differs in it from the first. All fields of one at a time: of 100,000 runs they
/// would take gigabytes.
std::vector<bool> differing_fields(const std::vector<const Config*>& configs) {
  std::vector<bool> differs(default_fields().size(), false);
  const std::vector<Field> first = config_values(*configs.front());
  for (const Config* config : configs) {
    const std::vector<Field> fields = config_values(*config);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!differs[i] && !(fields[i].value == first[i].value)) differs[i] = true;
    }
  }
  return differs;
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
  if (configs.empty()) return swept;
  const std::vector<bool> differs = differing_fields(configs);
  for (std::size_t i = 0; i < differs.size(); ++i) {
    const std::string key = default_fields()[i].spec.key;
    if (!differs[i] || key == "fork.run" || key.ends_with("_digest") || follows_from_others(configs, key)) continue;
    swept.keys.push_back(key);
    for (std::size_t run = 0; run < configs.size(); ++run) swept.values[run].push_back(key_text(*configs[run], key));
  }
  return swept;
}

std::string key_text(const Config& config, const std::string& key) {
  const std::optional<Value> value = config_value(config, key);
  return value ? plain_text(*value) : "";
}

bool value_less(const std::string& a, const std::string& b) {
  const std::optional<double> x = number_of(a), y = number_of(b);
  if (x && y) return *x < *y;
  if (x || y) return x.has_value();
  return a < b;
}

}  // namespace groklab
