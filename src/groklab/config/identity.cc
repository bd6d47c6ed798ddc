// See identity.h.
#include "groklab/config/identity.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/engine_identity.h"
#include "groklab/config/renamed_keys.h"
#include "groklab/config/value.h"

namespace groklab {
namespace {

/// Raise it only if the canonical text must change for configs that stay the same: it renames every run.
/// The defaults of config.h belong to the identity, too: changing one would give an old name to a new run.
constexpr int kIdentityVersion = 1;
constexpr std::size_t kRunIdDigits = 12;

std::string canonical_value(const Value& value) {
  if (const double* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return toml_literal(value);
}

}  // namespace

std::string canonical_text(Config resolved, std::string_view engine) {
  if (!resolved.task.table_digest.empty()) resolved.task.table.clear();  // the contents count, not where they lie
  if (!resolved.split.file_digest.empty()) resolved.split.file.clear();

  const std::vector<Field> fields = config_values(resolved);
  const std::vector<Field> defaults = config_values(Config{});
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].value == defaults[i].value) continue;
    lines.push_back(fmt::format("{}={}\n", identity_key(fields[i].spec.key), canonical_value(fields[i].value)));
  }
  if (engine != kFirstEngineIdentity) lines.push_back(fmt::format("engine={}\n", engine));
  std::sort(lines.begin(), lines.end());
  std::string text = fmt::format("groklab identity {}\n", kIdentityVersion);
  for (const std::string& line : lines) text += line;
  return text;
}

std::string identity_digest(const std::string& text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64).substr(0, kRunIdDigits);
}

std::string canonical_config(const ResolvedConfig& config) { return canonical_text(*config, engine_identity()); }

}  // namespace groklab
