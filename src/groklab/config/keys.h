// All keys of a configuration as a list, and one key by its name: what TOML, JSON, --set, help and identity are made
// of.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/value.h"

namespace groklab {

/// All fields of a config with their values, in order; components' own keys come last.
std::vector<Field> config_values(const Config& config);
/// One of them, without making the others. Nothing for a name that is no key.
std::optional<Value> config_value(const Config& config, std::string_view key);
/// All fields of the defaults, made once.
const std::vector<Field>& default_fields();

/// Whether the name is a key, or the beginning of keys ("optim", "optim.muon").
bool is_config_key(std::string_view name);
bool is_config_section(std::string_view name);

/// Puts a key back to its default.
void reset_value(Config& config, std::string_view key);
/// Sets one key. Throws Error(kConfig) with one line that starts with `where` (if not empty): unknown key with the
/// nearest name, wrong type, out of range. The config is unchanged then.
void assign_value(Config& config, std::string_view key, const Value& value, std::string_view where);

}  // namespace groklab
