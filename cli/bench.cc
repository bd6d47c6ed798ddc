// groklab bench
#include "groklab/bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/bench/compare.h"
#include "groklab/config.h"
#include "groklab/config/suggest.h"
#include "groklab/engine/engine.h"
#include "groklab/engine/machine.h"
#include "groklab/version.h"
#include "options.h"

namespace groklab::cli {
namespace {

struct Options {
  std::vector<std::string> cases;
  int threads = 0;
  int repeats = 7;
  double seconds = 0.5;
  bool json = false, brief = false, list = false;
  std::string compare;
};

std::vector<BenchCase> chosen_cases(const std::vector<std::string>& names) {
  const std::vector<BenchCase> all = bench_cases();
  if (names.empty()) return all;
  std::vector<BenchCase> chosen;
  std::vector<std::string> known;
  for (const BenchCase& c : all) known.push_back(c.name);
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      const std::string nearest = nearest_name(name, known);
      fail(ErrorKind::kConfig, "--case {}: expected one of {}{}", name, join(known, ", "),
           nearest.empty() ? "" : "; did you mean " + nearest + "?");
    }
    chosen.push_back(all[static_cast<std::size_t>(found - known.begin())]);
  }
  return chosen;
}

constexpr const char* kHeader =
    "case      threads  precision   ms/step   GFLOP  FMA peak  library  roofline  (least-most)  target  steps/s  "
    "record  probes  memory  round trip\n";

std::string row(const BenchResult& r) {
  const std::string library = r.library_gemm > 0 ? fmt::format("{:.0f}", r.library_gemm / 1e9) : "-";
  const std::string target = r.target > 0 ? fmt::format("{:.2f}", r.target) : "-";
  const std::string record = r.record_fraction > 0 ? fmt::format("{:.1f}%", 100 * r.record_fraction) : "-";
  const std::string probe = r.probe_fraction > 0 ? fmt::format("{:.1f}%", 100 * r.probe_fraction) : "-";
  const std::string trip = r.round_trip_ns > 0 ? fmt::format("{:.0f} ns", r.round_trip_ns) : "-";
  return fmt::format(
      "{:<9} {:>7}  {:<9} {:>9.3f} {:>7.3f} {:>9.0f} {:>8} {:>9.3f}  ({:.3f}-{:.3f}) {:>7} {:>8.0f} {:>7} {:>7} "
      "{:>4.0f} MB {:>11}\n",
      r.name, r.threads, r.precision, r.ms_per_step, r.flop_per_step / 1e9, r.fma_peak / 1e9, library, r.roofline,
      r.roofline_low, r.roofline_high, target, r.steps_per_second, record, probe, r.memory_mb, trip);
}

/// Each case with a number of threads that it is measured on.
std::vector<std::pair<BenchCase, int>> measurements(const Options& options, const std::vector<BenchCase>& cases,
                                                    int all_threads) {
  std::vector<std::pair<BenchCase, int>> list;
  for (const BenchCase& c : cases) {
    if (c.single_and_all && all_threads > 1 && options.threads == 0) list.emplace_back(c, 1);
    list.emplace_back(c, all_threads);
  }
  return list;
}

/// What is measured in fact: --brief takes less than it is asked for.
BenchOptions bench_options(const Options& options) {
  BenchOptions measure;
  measure.repeats = options.brief ? std::min(options.repeats, 3) : options.repeats;
  measure.seconds = options.brief ? 0.15 : options.seconds;
  return measure;
}

BenchResult measured(const BenchCase& c, int threads, const Options& options,
                     const std::map<std::string, StoredRatio>& stored) {
  BenchOptions measure = bench_options(options);
  measure.threads = threads;
  BenchResult result = run_bench_isolated(c, measure);
  // A neighbour's load looks like a fall: what fell is measured again, 5, 10 and 20 s later, before it counts.
  for (int again = 0; again < 3 && !ratio_falls({result}, stored).empty(); ++again) {
    std::this_thread::sleep_for(std::chrono::seconds(5 << again));
    result = run_bench_isolated(c, measure);
  }
  return result;
}

void print_json(const std::vector<BenchResult>& results, int all_threads) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const BenchResult& r : results) list.push_back(bench_result_json(r));
  nlohmann::ordered_json document{{"version", version()},
                                  {"machine", machine_description(all_threads)},
                                  {"instruction_set", instruction_set_name()},
                                  {"results", list}};
  fmt::print("{}\n", document.dump(2));
}

int run(const Options& options) {
  if (options.repeats < 1) fail(ErrorKind::kConfig, "--repeats = {}: expected at least 1", options.repeats);
  const std::vector<BenchCase> cases = chosen_cases(options.cases);
  if (options.list) {
    for (const BenchCase& c : cases) fmt::print("{:<10} {}\n", c.name, c.what);
    return kExitOk;
  }
  const int all_threads = options.threads > 0 ? options.threads : ThreadPool::default_threads();
  const auto list = measurements(options, cases, all_threads);
  std::map<std::string, StoredRatio> stored;
  if (!options.compare.empty()) {
    stored = read_ratios(options.compare, instruction_set_name());
    std::vector<std::string> keys;
    for (const auto& [c, threads] : list) keys.push_back(ratio_key(c.name, threads));
    const std::vector<std::string> missing = without_ratio(keys, stored);
    if (!missing.empty()) {
      fmt::print(stderr, "skipped: {} holds no {} ratio of {}\n", options.compare, instruction_set_name(),
                 join(missing, ", "));
    }
    if (missing.size() == keys.size()) return kExitSkipped;
  }
  if (!options.json) {
    fmt::print("groklab {}, {}, {}; rates in GFLOP/s, medians of {} repeats\n{}", version(),
               machine_description(all_threads), instruction_set_name(), bench_options(options).repeats, kHeader);
  }
  std::vector<BenchResult> results;
  for (const auto& [c, threads] : list) {
    results.push_back(measured(c, threads, options, stored));
    if (!options.json) {
      fmt::print("{}", row(results.back()));
      std::fflush(stdout);
    }
  }
  if (options.json) print_json(results, all_threads);
  const std::vector<std::string> falls = ratio_falls(results, stored);
  for (const std::string& fall : falls) fmt::print(stderr, "groklab: {}\n", fall);
  return falls.empty() ? kExitOk : kExitFailed;
}

}  // namespace

void add_bench(CLI::App& program, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("bench", "Measure training steps against the processor's peak rate");
  command->add_option("--case", options->cases, "Only these cases (repeatable)");
  command->add_option("--threads", options->threads,
                      "Threads; default: all cores, and 1 where a case is measured on both");
  command->add_option("--repeats", options->repeats, "Repeats; the median counts");
  command->add_option("--seconds", options->seconds, "Seconds of steps per repeat");
  command->add_flag("--brief", options->brief, "At most 3 repeats of 0.15 s, for checks");
  command->add_option("--compare", options->compare,
                      "JSON of stored ratios; a fall of more than 15 % in one fails, none that applies is code 77");
  command->add_flag("--json", options->json, "As JSON");
  command->add_flag("--list", options->list, "Name the cases and stop");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace groklab::cli
