// One visit over every field of a Config. Everything that must know all keys is made from it.
// (Interface fixed here; see config/*.cc for parsing, help, canonical form and checks.)
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config/config.h"

namespace groklab {

/// One configuration key as users see it.
struct FieldInfo {
  std::string key;            ///< dotted, e.g. "optim.weight_decay"
  std::string type;           ///< "integer", "number", "text", "yes/no", "choice"
  std::string default_value;  ///< as it would be written in TOML
  std::string unit;           ///< "steps", "rows", ... or ""
  std::string range;          ///< human-readable allowed values
  std::string meaning;        ///< one sentence
};

/// All keys in order, for `groklab config` and the docs.
std::vector<FieldInfo> config_fields();

/// Reads a TOML file. Throws Error(kConfig|kInput): unknown key (nearest name suggested), wrong type, out of range.
Config read_config_file(const std::string& path);
/// Reads TOML text; `where` names it in messages.
Config parse_config_text(std::string_view text, const std::string& where);
/// Applies one "key=value" (as in --set). Throws Error(kConfig) like read_config_file.
void set_config_value(Config& config, std::string_view assignment);

/// Checks single ranges and combinations that do not need the task's data (d_model against heads, prime modulus for
/// division, ...). Throws Error(kConfig) with key, value and what is allowed.
void check_config(const Config& config);
/// Replaces "0: automatic" values by what they mean (d_head, d_mlp, seeds of -1), so that equal runs hash equally.
Config resolve_config(const Config& config);

/// Every key with its value, nested by section.
nlohmann::json config_to_json(const Config& config);
Config config_from_json(const nlohmann::json& json);
/// The same as TOML text that read_config_file accepts.
std::string config_to_toml(const Config& config);

/// Canonical text of the resolved config: sorted "key=value" lines of all keys whose value differs from the default,
/// preceded by the identity version. Adding a key to groklab therefore renames no stored run.
/// Not part of the identity: paths whose digest is known.
std::string canonical_config(const Config& config);
/// The run's name: first 12 hex digits of XXH3-128 of canonical_config.
std::string run_id(const Config& config);

/// The candidate nearest to `word` by edit distance, or "" if none is near (shared by keys, enums and subcommands).
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace groklab
