// The keys that set runs apart: what a sweep varied, found again from the runs.
#pragma once

#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab {

struct SweptKeys {
  std::vector<std::string> keys;                 ///< in the configuration's order
  std::vector<std::vector<std::string>> values;  ///< [runs][keys]; as in TOML, texts without their quotes
};

/// Of resolved configurations. A key whose value follows from the others (split.seed from seed, model.d_mlp from
/// model.d_model) is left out, and so are the fork's parent and digests of files, which nobody set.
SweptKeys swept_keys(const std::vector<const Config*>& configs);

/// The value of a key as text, as above; "" for a name that is no key.
std::string key_text(const Config& config, const std::string& key);

/// The order of values in tables and on axes: numbers by size, then texts.
bool value_less(const std::string& a, const std::string& b);

}  // namespace groklab
