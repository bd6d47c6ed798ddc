// See probe_text.h.
#include "groklab/probe/probe_text.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/base/join.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

std::vector<ProbeLine> section_lines(const std::string& probe, const ProbeResult& result) {
  std::vector<ProbeLine> lines;
  const auto section = result.sections.find(probe);
  if (section == result.sections.end()) return lines;
  for (const auto& [name, value] : section->second.values) lines.push_back({probe, name, probe_number(value)});
  return lines;
}

}  // namespace

std::vector<ProbeLine> probe_lines(const ProbeResult& result) {
  std::vector<ProbeLine> lines;
  for (const ProbeDescriptor* probe : probe_table()) {
    const std::vector<ProbeLine> more =
        probe->lines != nullptr ? probe->lines(result) : section_lines(std::string(probe->spec.name), result);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  return lines;
}

std::string probe_number(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "none"; }

std::string probe_fraction(double value) { return std::isfinite(value) ? format_fraction(value) : "none"; }

std::string on_both(double train, double test, std::string (*text)(double)) {
  if (!std::isfinite(test)) return text(train) + " on all rows";
  return fmt::format("{} on training rows, {} on test rows", text(train), text(test));
}

std::string component_list(const std::vector<std::int64_t>& keys, const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> words;
  for (const std::int64_t k : keys) words.push_back(names[static_cast<std::size_t>(k)]);
  if (words.empty()) return "none";
  if (words.size() <= kMost) return join(words, ", ");
  const std::size_t more = words.size() - kMost;
  words.resize(kMost);
  return fmt::format("{} and {} more", join(words, ", "), more);
}

}  // namespace groklab
