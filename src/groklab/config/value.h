// One configuration value without its C++ type: what TOML, JSON, --set, help and the hash all pass around.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/visit.h"

namespace groklab {

enum class FieldType { kInteger, kNumber, kText, kSwitch, kChoice };
const char* field_type_name(FieldType type);

struct Field {
  FieldSpec spec;
  FieldType type;
  Value value;
  std::vector<std::string> choices;  ///< names of a choice, else empty
};

/// All fields of a config with their values, in order; components' own keys come last.
std::vector<Field> config_values(const Config& config);

/// Whether the name is a key, or the beginning of keys ("optim", "optim.muon").
bool is_config_key(std::string_view name);
bool is_config_section(std::string_view name);

/// Puts a key back to its default.
void reset_value(Config& config, std::string_view key);
/// Sets one key. Throws Error(kConfig) with one line that starts with `where` (if not empty): unknown key with the
/// nearest name, wrong type, out of range. The config is unchanged then.
void assign_value(Config& config, std::string_view key, const Value& value, std::string_view where);

/// True if the value lies in the field's range (numbers), is a single printable line (text) or a known name (choice).
bool value_allowed(const Field& field);
/// "a number in [0, 1)", "one of add, subtract, ...": what the field expects.
std::string allowed_text(const Field& field);

/// The value as written in TOML: quoted text, numbers in the shortest form that reads back to the same bits.
std::string toml_literal(const Value& value);

}  // namespace groklab
