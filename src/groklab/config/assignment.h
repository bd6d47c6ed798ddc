// "key=value" as --set, forks and sweeps write one setting: the one place that reads and writes it.
#pragma once

#include <string>
#include <string_view>

#include "groklab/config.h"

namespace groklab {

struct Assignment {
  std::string key;
  std::string text;  ///< of the value, still quoted if it was
};

/// Splits at the first "=", without the blanks around both parts. `option` names the option in messages, such as
/// "--set". Throws Error(kConfig) unless there is a key.
Assignment parse_assignment(std::string_view assignment, std::string_view option);

/// Sets the key to what the text stands for in a key of its type. Throws Error(kConfig) as assign_value.
void apply_assignment(Config& config, const Assignment& assignment, std::string_view option);

/// The assignment that sets exactly this value.
std::string assignment_text(std::string_view key, const Value& value);

}  // namespace groklab
