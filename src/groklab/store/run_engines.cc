// See run_engines.h.
#include "groklab/store/run_engines.h"

#include <fmt/format.h>

#include <map>

namespace groklab {
namespace {

std::string engine_name(const std::string& engine) { return engine.substr(0, engine.find('/')); }

std::map<std::string, std::int64_t> runs_by_engine(std::span<const RunInfo> runs) {
  std::map<std::string, std::int64_t> counts;
  for (const RunInfo& run : runs) ++counts[run.engine];
  return counts;
}

}  // namespace

std::string arithmetic_note(const std::string& engine, const std::string& present) {
  if (engine == present) return "";
  return (engine_name(engine) == engine_name(present) ? "older arithmetic " : "other engine ") + engine;
}

std::vector<std::string> engines_of(std::span<const RunInfo> runs) {
  std::vector<std::string> engines;
  for (const auto& [engine, count] : runs_by_engine(runs)) engines.push_back(engine);
  return engines;
}

std::string mixed_engines(std::span<const RunInfo> runs) {
  const std::map<std::string, std::int64_t> counts = runs_by_engine(runs);
  if (counts.size() < 2) return "";
  std::string found;
  for (const auto& [engine, count] : counts) {
    found += fmt::format("{}{} ({} run{})", found.empty() ? "" : ", ", engine, count, count == 1 ? "" : "s");
  }
  return "expected runs of one arithmetic, found " + found;
}

}  // namespace groklab
