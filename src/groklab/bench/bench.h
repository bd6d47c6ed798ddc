// The benchmark: whole training steps against the processor's peak rate, measured in the same run.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// One workload. `runs` > 1: that many independent runs, one per thread at a time (a sweep).
struct BenchCase {
  std::string name;
  std::string what;
  ResolvedConfig config;
  int runs = 1;
  bool single_and_all = false;  ///< measured on one thread too, not only on all
  double target = 0;            ///< roofline fraction to reach; 0: none stated
};

struct BenchResult {
  std::string name;
  int threads = 1;
  std::string precision;
  double ms_per_step = 0;  ///< wall time of one step of one run; for a sweep, wall time / steps of all runs
  double flop_per_step = 0;
  double fma_peak = 0;      ///< FLOP/s of the register-only loop on the same threads
  double library_gemm = 0;  ///< FLOP/s of the library's product on the same threads; 0: no library found
  double roofline = 0;      ///< (flop_per_step / fma_peak) / time of a step: the median over repeats
  double roofline_low = 0, roofline_high = 0;  ///< smallest and largest repeat
  double steps_per_second = 0;
  double record_fraction = 0;  ///< time of one evaluation step / time of 100 steps
  double probe_fraction = 0;   ///< time of the default probes / time of 1000 steps: every tenth evaluation step
  double round_trip_ns =
      0;  ///< of two threads: a word sent to the second thread's core and back; 0: other numbers of threads
  double memory_mb = 0;  ///< peak resident memory of a process that does only this case
  double target = 0;
};

/// The result as one flat JSON object.
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
/// The same in a child process, so that memory is this case's alone. Throws Error(kInternal) if the child fails.
BenchResult run_bench_isolated(const BenchCase& bench_case, const BenchOptions& options);

}  // namespace groklab
