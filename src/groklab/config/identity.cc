// See identity.h.
#include "groklab/config/identity.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "groklab/base/join.h"
#include "groklab/config.h"
#include "groklab/config/engine_identity.h"
#include "groklab/config/input_files.h"
#include "groklab/config/keys.h"
#include "groklab/config/renamed_keys.h"

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

std::vector<std::string> lines_of(Config resolved, const std::function<bool(std::string_view)>& wanted) {
  visit_input_files(resolved, [](const char*, std::string& path, const std::string& digest) {
    if (!digest.empty()) path.clear();
  });
  const std::vector<Field> fields = config_values(resolved);
  const std::vector<Field>& defaults = default_fields();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].value == defaults[i].value || !wanted(fields[i].spec.key)) continue;
    lines.push_back(fmt::format("{}={}\n", identity_key(fields[i].spec.key), canonical_value(fields[i].value)));
  }
  return lines;
}

std::string sorted_text(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return join(lines, "");
}

}  // namespace

std::string canonical_lines(const Config& resolved, const std::function<bool(std::string_view)>& wanted) {
  return sorted_text(lines_of(resolved, wanted));
}

std::string canonical_text(const Config& resolved, std::string_view engine) {
  std::vector<std::string> lines = lines_of(resolved, [](std::string_view) { return true; });
  if (engine != kFirstEngineIdentity) lines.push_back(fmt::format("engine={}\n", engine));
  return fmt::format("groklab identity {}\n", kIdentityVersion) + sorted_text(std::move(lines));
}

std::string identity_digest(const std::string& text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64).substr(0, kRunIdDigits);
}

std::string canonical_config(const ResolvedConfig& config) { return canonical_text(*config, engine_identity()); }

}  // namespace groklab
