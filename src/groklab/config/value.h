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

/// True if the value lies in the field's range (numbers), is a single printable line (text) or a known name (choice).
bool value_allowed(const Field& field);
/// "a number in [0, 1)", "one of add, subtract, ...": what the field expects.
std::string allowed_text(const Field& field);

/// The value as written in TOML: quoted text, numbers in the shortest form that reads back to the same bits.
std::string toml_literal(const Value& value);

}  // namespace groklab
