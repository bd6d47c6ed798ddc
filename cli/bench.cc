// groklab bench
#include "groklab/bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench_view.h"
#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/bench/compare.h"
#include "groklab/bench/other_program.h"
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
  std::vector<int> threads;
  std::vector<std::string> settings;  ///< --set
  std::vector<std::string> varied;    ///< --vary
  int repeats = 7;
  double seconds = 0.5;
  bool json = false, brief = false, list = false;
  std::string compare, against;
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

/// "KEY=A,B" as KEY=A and KEY=B.
std::vector<std::string> values_of(const std::string& varied) {
  const std::size_t equals = varied.find('=');
  if (equals == std::string::npos || equals + 1 == varied.size()) {
    fail(ErrorKind::kConfig, "--vary {}: expected KEY=VALUE,VALUE,...", varied);
  }
  std::vector<std::string> assignments;
  std::istringstream values(varied.substr(equals + 1));
  for (std::string value; std::getline(values, value, ',');) {
    assignments.push_back(varied.substr(0, equals + 1) + value);
  }
  return assignments;
}

/// What --set and --vary make of a case: every combination of the varied keys' values.
std::vector<std::vector<std::string>> combinations(const Options& options) {
  std::vector<std::vector<std::string>> all = {options.settings};
  for (const std::string& varied : options.varied) {
    std::vector<std::vector<std::string>> longer;
    for (const std::vector<std::string>& settings : all) {
      for (const std::string& assignment : values_of(varied)) {
        longer.push_back(settings);
        longer.back().push_back(assignment);
      }
    }
    all = std::move(longer);
  }
  return all;
}

struct Measurement {
  BenchCase bench_case;
  int threads = 1;
};

std::vector<Measurement> measurements(const Options& options) {
  std::vector<Measurement> list;
  for (const BenchCase& c : chosen_cases(options.cases)) {
    for (const std::vector<std::string>& settings : combinations(options)) {
      const BenchCase changed = changed_case(c, settings);
      std::vector<int> threads = options.threads;
      if (threads.empty()) {
        if (c.single_and_all && ThreadPool::default_threads() > 1) threads.push_back(1);
        threads.push_back(ThreadPool::default_threads());
      }
      for (const int n : threads) list.push_back({changed, n});
    }
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

BenchResult measured(const Measurement& m, const Options& options, const OtherProgram* other,
                     const std::map<std::string, StoredRatio>& stored) {
  BenchOptions measure = bench_options(options);
  measure.threads = m.threads;
  if (other != nullptr) return run_bench_against(*other, m.bench_case, measure);
  BenchResult result = run_bench_isolated(m.bench_case, measure);
  // A neighbour's load looks like a fall: what fell is measured again, 5, 10 and 20 s later, before it counts.
  for (int again = 0; again < 3 && !ratio_falls({result}, stored).empty(); ++again) {
    std::this_thread::sleep_for(std::chrono::seconds(5 << again));
    result = run_bench_isolated(m.bench_case, measure);
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

/// Says which measurements have no stored ratio. False if none has one.
bool read_stored(std::map<std::string, StoredRatio>& stored, const Options& options,
                 const std::vector<Measurement>& list) {
  if (options.compare.empty()) return true;
  stored = read_ratios(options.compare, instruction_set_name());
  std::vector<std::string> keys;
  for (const Measurement& m : list) keys.push_back(ratio_key(m.bench_case.name, m.threads));
  const std::vector<std::string> missing = without_ratio(keys, stored);
  if (!missing.empty()) {
    fmt::print(stderr, "skipped: {} holds no {} ratio of {}\n", options.compare, instruction_set_name(),
               join(missing, ", "));
  }
  return missing.size() < keys.size();
}

int run(const Options& options) {
  if (options.repeats < 1) fail(ErrorKind::kConfig, "--repeats = {}: expected at least 1", options.repeats);
  if (options.list) {
    for (const BenchCase& c : chosen_cases(options.cases)) fmt::print("{:<10} {}\n", c.name, c.what);
    return kExitOk;
  }
  const std::vector<Measurement> list = measurements(options);
  std::map<std::string, StoredRatio> stored;
  if (!read_stored(stored, options, list)) return kExitSkipped;
  std::optional<OtherProgram> other;
  if (!options.against.empty()) other.emplace(options.against);
  int most_threads = 1;
  for (const Measurement& m : list) most_threads = std::max(most_threads, m.threads);
  if (!options.json) {
    fmt::print("groklab {}, {}, {}; rates in GFLOP/s, medians of {} repeats\n{}", version(),
               machine_description(most_threads), instruction_set_name(), bench_options(options).repeats, kBenchHeader);
  }
  std::vector<BenchResult> results;
  for (const Measurement& m : list) {
    results.push_back(measured(m, options, other ? &*other : nullptr, stored));
    if (!options.json) {
      fmt::print("{}", bench_row(results.back()));
      std::fflush(stdout);
    }
  }
  if (options.json) print_json(results, most_threads);
  if (!options.json && (options.threads.size() > 1 || !options.varied.empty())) fmt::print("{}", thread_table(results));
  const std::vector<std::string> falls = ratio_falls(results, stored);
  for (const std::string& fall : falls) fmt::print(stderr, "groklab: {}\n", fall);
  return falls.empty() ? kExitOk : kExitFailed;
}

}  // namespace

void add_bench(CLI::App& program, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("bench", "Measure training steps against the processor's peak rate");
  command->add_option("--case", options->cases, "Only these cases (repeatable)");
  command
      ->add_option("--threads", options->threads,
                   "Threads, or several numbers of them (1,2,4); default: all cores, and 1 where a case is measured on "
                   "both")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 1024));
  add_set_option(*command, options->settings);
  command->add_option("--vary", options->varied, "Measure with each of these values of a key; repeatable")
      ->type_name("KEY=VALUE,...")
      ->allow_extra_args(false);
  command->add_option("--repeats", options->repeats, "Repeats; the median counts");
  command->add_option("--seconds", options->seconds, "Seconds of steps per repeat");
  command->add_flag("--brief", options->brief, "At most 3 repeats of 0.15 s, for checks");
  CLI::Option* compare =
      command->add_option("--compare", options->compare,
                          "JSON of stored ratios; a fall of more than 15 % in one fails, none that applies is code 77");
  compare->excludes("--set")->excludes("--vary");  // ratios are stored for the cases as they are
  command
      ->add_option("--against", options->against,
                   "Another groklab program, measured in turns with this one: how many times as fast is a step?")
      ->type_name("PROGRAM")
      ->excludes(compare);
  command->add_flag("--json", options->json, "As JSON");
  command->add_flag("--list", options->list, "Name the cases and stop");
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace groklab::cli
