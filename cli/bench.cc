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
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/bench/compare.h"
#include "groklab/config.h"
#include "groklab/config/suggest.h"
#include "groklab/engine/engine.h"
#include "groklab/lab/machine.h"
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

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

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
      fail(ErrorKind::kConfig, "--case {}: expected one of {}{}", name, joined(known),
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

int run(const Options& options) {
  if (options.repeats < 1) fail(ErrorKind::kConfig, "--repeats = {}: expected at least 1", options.repeats);
  const std::vector<BenchCase> cases = chosen_cases(options.cases);
  if (options.list) {
    for (const BenchCase& c : cases) fmt::print("{:<10} {}\n", c.name, c.what);
    return kExitOk;
  }
  const int all_threads = options.threads > 0 ? options.threads : ThreadPool::default_threads();
  if (!options.json) {
    fmt::print("groklab {}, {}, {}; rates in GFLOP/s, medians of {} repeats\n{}", version(),
               machine_description(all_threads), instruction_set_name(), options.repeats, kHeader);
  }
  std::map<std::string, StoredRatio> stored;
  if (!options.compare.empty()) stored = read_ratios(options.compare, instruction_set_name());
  std::vector<BenchResult> results;
  for (const BenchCase& c : cases) {
    std::vector<int> counts;
    if (c.single_and_all && all_threads > 1 && options.threads == 0) counts.push_back(1);
    counts.push_back(all_threads);
    for (const int threads : counts) {
      BenchOptions measure;
      measure.threads = threads;
      measure.repeats = options.brief ? std::min(options.repeats, 3) : options.repeats;
      measure.seconds = options.brief ? 0.15 : options.seconds;
      BenchResult result = run_bench_isolated(c, measure);
      // A neighbour's load looks like a fall: what fell is measured again, 5, 10 and 20 s later, before it counts.
      for (int again = 0; again < 3 && !ratio_falls({result}, stored).empty(); ++again) {
        std::this_thread::sleep_for(std::chrono::seconds(5 << again));
        result = run_bench_isolated(c, measure);
      }
      results.push_back(result);
      if (!options.json) {
        fmt::print("{}", row(results.back()));
        std::fflush(stdout);
      }
    }
  }
  const std::vector<std::string> falls = ratio_falls(results, stored);
  if (options.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const BenchResult& r : results) list.push_back(nlohmann::ordered_json(bench_result_json(r)));
    nlohmann::ordered_json document{{"version", version()},
                                    {"machine", machine_description(all_threads)},
                                    {"instruction_set", instruction_set_name()},
                                    {"results", list}};
    fmt::print("{}\n", document.dump(2));
  }
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
  command->add_option("--compare", options->compare, "JSON of stored ratios; a fall of more than 15 % in one fails");
  command->add_flag("--json", options->json, "As JSON");
  command->add_flag("--list", options->list, "Name the cases and stop");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace groklab::cli
