// See swept_keys.h.
#include "groklab/config/swept_keys.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

std::string plain_text(const Value& value) {
  const std::string* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : toml_literal(value);
}

/// Whether the configuration would have the same value without anyone setting it.
bool follows_from_others(const Config& config, const std::string& key) {
  Config without = config;
  reset_value(without, key);
  try {
    return config_value(*resolve_config(without), key) == config_value(config, key);
  } catch (const Error&) {
    return false;  // no run without it
  }
}

/// Of files and parents, which nobody set as a key.
bool is_never_swept(std::string_view key) { return key == "fork.run" || key.ends_with("_digest"); }

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

/// A field that differs is swept as soon as one configuration does not have its value from the others.
void SweptKeyFinder::look_at(std::size_t field, const std::vector<const Config*>& configs, std::size_t from) {
  const std::string key = default_fields()[field].spec.key;
  const auto end = configs.end();
  const auto start = configs.begin() + static_cast<std::ptrdiff_t>(standings_[field] == Standing::kSame ? 0 : from);
  const bool follows = std::all_of(start, end, [&](const Config* c) { return follows_from_others(*c, key); });
  standings_[field] = follows ? Standing::kFollows : Standing::kSwept;
}

void SweptKeyFinder::extend(const std::vector<const Config*>& configs) {
  const std::size_t from = n_seen_;
  std::vector<bool> differs(default_fields().size(), false);
  standings_.resize(differs.size(), Standing::kSame);
  // All fields of one at a time: of 100,000 runs they would take gigabytes.
  for (; n_seen_ < configs.size(); ++n_seen_) {
    const std::vector<Field> fields = config_values(*configs[n_seen_]);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (n_seen_ == 0) first_.push_back(fields[i].value);
      if (!(fields[i].value == first_[i])) differs[i] = true;
    }
  }
  for (std::size_t i = 0; i < differs.size(); ++i) {
    if (is_never_swept(default_fields()[i].spec.key) || standings_[i] == Standing::kSwept) continue;
    if (differs[i] || (standings_[i] == Standing::kFollows && from < configs.size())) look_at(i, configs, from);
  }
}

std::vector<std::string> SweptKeyFinder::keys() const {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < standings_.size(); ++i) {
    if (standings_[i] == Standing::kSwept) keys.emplace_back(default_fields()[i].spec.key);
  }
  return keys;
}

SweptKeys swept_keys(const std::vector<const Config*>& configs) {
  SweptKeyFinder finder;
  finder.extend(configs);
  SweptKeys swept{finder.keys(), {}};
  for (const Config* config : configs) {
    std::vector<std::string>& values = swept.values.emplace_back();
    for (const std::string& key : swept.keys) values.push_back(key_text(*config, key));
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
