// The benchmark: whole training steps against the processor's peak rate, measured in the same run.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// One workload. `runs` > 1: that many independent runs, one per thread at a time (a sweep).
struct BenchCase {
  std::string name;
  std::string what;
  Config config;
  int runs = 1;
  bool single_and_all = false;        ///< measured on one thread too, not only on all
  double target = 0;                  ///< roofline fraction to reach; 0: none stated
  std::vector<std::string> settings;  ///< what a user changed, "key=value" each
};

/// The case with changes of its configuration, without its target, which is stated for the case as it is. Throws
/// Error(kConfig).
BenchCase changed_case(const BenchCase& bench_case, const std::vector<std::string>& settings);

/// How fast a step is beside another program's; all numbers are NaN where that has no such case.
struct BenchComparison {
  std::string program;
  bool has_case = false;
  double ms_per_step = 0;    ///< of the other program, median over the turns
  double times_as_fast = 0;  ///< its time / this program's in the same turn, median
  double times_as_fast_low = 0, times_as_fast_high = 0;
};

struct BenchResult {
  std::string name;
  int threads = 1;
  std::string precision;
  double ms_per_step = 0;     ///< wall time of one step of one run; for a sweep, wall time / steps of all runs
  double flop_per_step = 0;   ///< as the engine computes it; what `roofline` counts
  double layerwise_flop = 0;  ///< the same step layer by layer (flop.h)
  double fma_peak = 0;        ///< FLOP/s of the register-only loop on the same threads
  double library_gemm = 0;    ///< FLOP/s of the library's product on the same threads; 0: no library found
  double roofline = 0;        ///< (flop_per_step / fma_peak) / time of a step: the median over repeats
  double roofline_low = 0, roofline_high = 0;  ///< smallest and largest repeat
  double steps_per_second = 0;
  double record_fraction = 0;  ///< time of one evaluation step / time of 100 steps
  double probe_fraction = 0;   ///< time of the default probes / time of 1000 steps: every tenth evaluation step
  double round_trip_ns =
      0;  ///< of two threads: a word sent to the second thread's core and back; 0: other numbers of threads
  double memory_mb = 0;  ///< peak resident memory of a process that does only this case
  double target = 0;
  std::vector<std::string> settings;       ///< of the case
  std::optional<BenchComparison> against;  ///< if it was measured beside another program
};

/// One result of several of the same measurement, at least one: medians, and the extremes of the roofline.
BenchResult median_result(const std::vector<BenchResult>& results);

/// The result as one JSON object.
nlohmann::ordered_json bench_result_json(const BenchResult& result);

/// The explicit table of cases.
std::vector<BenchCase> bench_cases();

struct BenchOptions {
  int threads = 1;  ///< of this measurement
  int repeats = 7;
  double seconds = 0.5;  ///< of steps per repeat
};

/// Measures one case in this process.
BenchResult run_bench(const BenchCase& bench_case, const BenchOptions& options);
/// The same in a child process, so that memory is this case's alone. Throws what the child throws, or Error(kInternal)
/// if it ends otherwise.
BenchResult run_bench_isolated(const BenchCase& bench_case, const BenchOptions& options);

}  // namespace groklab
