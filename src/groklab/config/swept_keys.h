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

/// The same keys while runs are added.
class SweptKeyFinder {
 public:
  /// `configs` are those of the call before, in their order, and more behind them.
  void extend(const std::vector<const Config*>& configs);
  std::vector<std::string> keys() const;

 private:
  enum class Standing { kSame, kFollows, kSwept };
  void look_at(std::size_t field, const std::vector<const Config*>& configs, std::size_t from);

  std::size_t n_seen_ = 0;
  std::vector<Standing> standings_;  ///< [default_fields]
  std::vector<Value> first_;         ///< [default_fields] values of the first configuration
};

/// The value of a key as text, as above; "" for a name that is no key.
std::string key_text(const Config& config, const std::string& key);

/// The order of values in tables and on axes: numbers by size, then texts.
bool value_less(const std::string& a, const std::string& b);

}  // namespace groklab
