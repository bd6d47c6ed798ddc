// See compare.h.
#include "groklab/bench/compare.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"

namespace groklab {

std::map<std::string, double> read_ratios(const std::string& path, const std::string& instruction_set) {
  std::ifstream file(path);
  if (!file) fail(ErrorKind::kInput, "{}: expected a JSON file of ratios, found none that can be read", path);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("ratios") || !json["ratios"].is_object()) {
    fail(ErrorKind::kInput, "{}: expected an object with \"ratios\"", path);
  }
  std::map<std::string, double> ratios;
  const nlohmann::json& sets = json["ratios"];
  if (!sets.contains(instruction_set)) return ratios;
  for (const auto& [key, value] : sets[instruction_set].items()) {
    if (!value.is_number())
      fail(ErrorKind::kInput, "{}: ratio {}: expected a number, found {}", path, key, value.dump());
    ratios[key] = value.get<double>();
  }
  return ratios;
}

std::vector<std::string> ratio_falls(const std::vector<BenchResult>& results,
                                     const std::map<std::string, double>& stored) {
  std::vector<std::string> falls;
  for (const BenchResult& r : results) {
    const auto found = stored.find(fmt::format("{}/{}", r.name, r.threads));
    if (found == stored.end() || r.roofline_high >= 0.85 * found->second) continue;
    falls.push_back(fmt::format("bench {}: roofline fraction {:.3f} on {} threads, expected at least 0.85 * {:.3f}",
                                r.name, r.roofline_high, r.threads, found->second));
  }
  return falls;
}

}  // namespace groklab
