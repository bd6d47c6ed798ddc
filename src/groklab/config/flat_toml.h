// A small TOML file of a user's own: keys on one level, each a value or a list of texts.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "groklab/config.h"

namespace groklab {

struct FlatTomlEntry {
  std::string key;
  std::variant<Value, std::vector<std::string>> content;
  std::string where;  ///< "cluster.toml:3", for messages
};

/// In the order of the keys' names. Throws Error(kConfig|kInput): TOML syntax, a table, a list of other things.
std::vector<FlatTomlEntry> parse_flat_toml(std::string_view text, const std::string& where);

}  // namespace groklab
