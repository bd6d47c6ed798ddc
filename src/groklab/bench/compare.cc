// See compare.h.
#include "groklab/bench/compare.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"

namespace groklab {

namespace {

double number_at(const nlohmann::json& entry, const char* name, const std::string& where) {
  if (!entry.is_object() || !entry.contains(name) || !entry[name].is_number()) {
    fail(ErrorKind::kInput, "{}: expected a number \"{}\", found {}", where, name, entry.dump());
  }
  return entry[name].get<double>();
}

}  // namespace

std::map<std::string, StoredRatio> read_ratios(const std::string& path, const std::string& instruction_set) {
  std::ifstream file(path);
  if (!file) fail(ErrorKind::kInput, "{}: expected a JSON file of ratios, found none that can be read", path);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("ratios") || !json["ratios"].is_object()) {
    fail(ErrorKind::kInput, "{}: expected an object with \"ratios\"", path);
  }
  std::map<std::string, StoredRatio> ratios;
  const nlohmann::json& sets = json["ratios"];
  if (!sets.contains(instruction_set)) return ratios;
  for (const auto& [key, value] : sets[instruction_set].items()) {
    const std::string where = fmt::format("{}: ratio {}", path, key);
    ratios[key] = {number_at(value, "roofline", where), number_at(value, "of_library", where)};
  }
  return ratios;
}

std::string ratio_key(const std::string& name, int threads) { return fmt::format("{}/{}", name, threads); }

std::vector<std::string> without_ratio(const std::vector<std::string>& keys,
                                       const std::map<std::string, StoredRatio>& stored) {
  std::vector<std::string> missing;
  for (const std::string& key : keys) {
    if (!stored.contains(key)) missing.push_back(key);
  }
  return missing;
}

std::vector<std::string> ratio_falls(const std::vector<BenchResult>& results,
                                     const std::map<std::string, StoredRatio>& stored) {
  constexpr double kKept = 0.85;
  std::vector<std::string> falls;
  for (const BenchResult& r : results) {
    const auto found = stored.find(ratio_key(r.name, r.threads));
    if (found == stored.end() || r.roofline_high >= kKept * found->second.roofline) continue;
    const double of_library = r.library_gemm > 0 ? r.roofline_high * r.fma_peak / r.library_gemm : 0.0;
    if (of_library >= kKept * found->second.of_library && of_library > 0) continue;
    falls.push_back(
        fmt::format("bench {}: roofline fraction {:.3f} on {} threads, expected at least {} * {:.3f}; {:.3f} of the "
                    "library's rate, "
                    "expected at least {} * {:.3f}",
                    r.name, r.roofline_high, r.threads, kKept, found->second.roofline, of_library, kKept,
                    found->second.of_library));
  }
  return falls;
}

}  // namespace groklab
