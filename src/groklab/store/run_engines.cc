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

std::string mixture_of(const char* what, const std::map<std::string, std::int64_t>& counts) {
  if (counts.size() < 2) return "";
  std::string found;
  for (const auto& [name, count] : counts) {
    found += fmt::format("{}{} ({} run{})", found.empty() ? "" : ", ", name, count, count == 1 ? "" : "s");
  }
  return fmt::format("expected runs of one {}, found {}", what, found);
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

std::string mixed_engines(std::span<const RunInfo> runs) { return mixture_of("arithmetic", runs_by_engine(runs)); }

std::string mixed_instruction_sets(std::span<const RunInfo> runs) {
  std::map<std::string, std::int64_t> counts;
  for (const RunInfo& run : runs) {
    if (!run.instruction_set.empty()) ++counts[run.instruction_set];
  }
  return mixture_of("instruction set", counts);
}

}  // namespace groklab
