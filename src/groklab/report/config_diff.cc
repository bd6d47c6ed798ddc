// See config_diff.h.
#include "groklab/report/config_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "groklab/base/shell_word.h"
#include "groklab/config.h"

namespace groklab::report {

namespace {

using FlatConfig = std::map<std::string, std::string>;

std::string value_text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void flatten(const nlohmann::json& json, const std::string& prefix, FlatConfig& out) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = prefix.empty() ? key : prefix + "." + key;
    if (value.is_object()) {
      flatten(value, name, out);
    } else {
      out[name] = value_text(value);
    }
  }
}

FlatConfig flat_config(const Config& config) {
  FlatConfig out;
  flatten(config_to_json(config), "", out);
  return out;
}

std::string lookup(const FlatConfig& config, const std::string& key) {
  const auto found = config.find(key);
  return found == config.end() ? std::string() : found->second;
}

// Keys in the field table's order; any that it does not know come last.
std::vector<std::string> ordered_keys(const std::vector<FlatConfig>& configs) {
  std::vector<std::string> keys;
  for (const FieldInfo& field : config_fields()) keys.push_back(field.key);
  for (const FlatConfig& config : configs) {
    for (const auto& [key, value] : config) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

bool ends_with_digest(const std::string& key) { return key.ends_with("_digest"); }

/// A word for a shell, in quotes only where one would read it otherwise.
std::string quoted_if_needed(const std::string& word) {
  const bool plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/,") ==
                     std::string::npos;
  return plain && !word.empty() ? word : shell_word(word);
}

}  // namespace

std::vector<ConfigRow> config_rows(const std::vector<ReportRun>& runs) {
  std::vector<FlatConfig> configs;
  for (const ReportRun& run : runs) configs.push_back(flat_config(run.info.config));
  const FlatConfig defaults = flat_config(*resolve_config(Config{}));
  std::vector<ConfigRow> rows;
  for (const std::string& key : ordered_keys(configs)) {
    ConfigRow row;
    row.key = key;
    row.default_value = lookup(defaults, key);
    for (const FlatConfig& config : configs) row.values.push_back(lookup(config, key));
    row.differs = std::adjacent_find(row.values.begin(), row.values.end(), std::not_equal_to<>()) != row.values.end();
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<ConfigRow> config_differences(const std::vector<ReportRun>& runs) {
  std::vector<ConfigRow> rows = config_rows(runs);
  std::erase_if(rows, [](const ConfigRow& row) { return !row.differs || ends_with_digest(row.key); });
  return rows;
}

std::string train_command(const Config& config) {
  FlatConfig values = flat_config(config);
  const FlatConfig defaults = flat_config(*resolve_config(Config{}));
  std::string command = "groklab train";
  if (!config.fork.run.empty()) {
    command = fmt::format("groklab fork {} --at {}", quoted_if_needed(config.fork.run), config.fork.step);
  }
  for (const FieldInfo& field : config_fields()) {
    const std::string value = lookup(values, field.key);
    const bool is_fork = field.key.starts_with("fork.") && field.key != "fork.reset_optimizer";
    if (value == lookup(defaults, field.key) || ends_with_digest(field.key) || is_fork) continue;
    const std::string word = value == "yes" ? "true" : value == "no" ? "false" : value;
    command += fmt::format(" --set {}={}", field.key, quoted_if_needed(word));
  }
  return command;
}

}  // namespace groklab::report
