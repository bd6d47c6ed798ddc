// See bench.h. Every repeat measures the peak and the steps one after the other, and the ratio is taken per repeat, so
// that a neighbour's load on a shared machine moves both.
#include "groklab/bench/bench.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/bench/flop.h"
#include "groklab/config/enum_names.h"
#include "groklab/engine/chunks.h"
#include "groklab/kernel/blas/library_gemm.h"
#include "groklab/kernel/kernels.h"
#include "groklab/run/network_run.h"
#include "groklab/tensor/buffer.h"

namespace groklab {

namespace {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// FLOP/s of the register-only loop on all threads of the pool at once.
template <typename T>
double measure_peak(ThreadPool& pool) {
  const Kernels<T>& kernels = best_kernels<T>();
  const std::int64_t iterations = 8'000'000;  // about 50 ms
  std::vector<double> flop(static_cast<std::size_t>(pool.threads()), 0.0);
  const double seconds = seconds_of([&] {
    pool.run(pool.threads(), [&](std::int64_t task, int) {
      T sink;
      flop[static_cast<std::size_t>(task)] = kernels.fma_peak_loop(iterations, &sink);
    });
  });
  double total = 0;
  for (const double f : flop) total += f;
  return total / seconds;
}

/// Seconds for a word to go from the first thread's core to the second's and back: some 50 ns where they share a cache,
/// 300 ns where they do not, which costs one run on two threads up to 1 ms a step.
double measure_round_trip(ThreadPool& pool) {
  constexpr int kTrips = 20'000;
  alignas(64) std::atomic<int> word{0};
  double seconds = 0;
  pool.run(2, [&](std::int64_t task, int) {
    if (task == 1) {
      for (int i = 0; i < kTrips; ++i) {
        while (word.load(std::memory_order_acquire) != 2 * i + 1) {
        }
        word.store(2 * i + 2, std::memory_order_release);
      }
      return;
    }
    seconds = seconds_of([&] {
      for (int i = 0; i < kTrips; ++i) {
        word.store(2 * i + 1, std::memory_order_release);
        while (word.load(std::memory_order_acquire) != 2 * i + 2) {
        }
      }
    });
  });
  return seconds / kTrips;
}

template <typename T>
double measure_library(const LibraryGemm& gemm, ThreadPool& pool) {
  constexpr std::int64_t kSize = 1024;
  std::vector<AlignedBuffer<T>> buffers;
  for (int i = 0; i < 3 * pool.threads(); ++i) {
    buffers.emplace_back(kSize * kSize);
    for (std::int64_t j = 0; j < kSize * kSize; ++j) buffers.back()[j] = T(1) / static_cast<T>(j % 17 + 1);
  }
  const auto multiply_all = [&] {
    pool.run(pool.threads(), [&](std::int64_t task, int) {
      const auto at = static_cast<std::size_t>(3 * task);
      gemm.multiply(buffers[at].data(), buffers[at + 1].data(), buffers[at + 2].data(), kSize);
    });
  };
  multiply_all();
  double best = 0;
  const double flop = 2.0 * static_cast<double>(kSize * kSize * kSize) * pool.threads();
  for (int repeat = 0; repeat < 3; ++repeat) best = std::max(best, flop / seconds_of(multiply_all));
  return best;
}

NetworkRun fresh_run(const ResolvedConfig& config, ThreadPool& pool) {
  NetworkRun run(config, pool);
  run.engine().initialise();
  return run;
}

double layerwise_flop_of(const NetworkRun& run) {
  const Engine& engine = run.engine();
  if (std::string_view(engine.path_name()) == "general") return engine.flop_per_step();  // layer by layer itself
  const std::int64_t rows = whole_batch(*run.config(), static_cast<std::int64_t>(run.split().train.size()));
  return layerwise_flop(run.config()->model, rows, run.task().n_inputs, engine.logit_columns());
}

/// Makes about `seconds` worth of steps of one run on all threads.
double time_single(Engine& engine, std::int64_t steps) {
  return seconds_of([&] { engine.advance(engine.step() + steps); }) / static_cast<double>(steps);
}

/// `runs` fresh runs of `steps` steps each; threads take the next run as they become free. Set-up counts as in a sweep.
double time_sweep(const ResolvedConfig& config, int runs, ThreadPool& pool, std::int64_t steps) {
  std::atomic<int> next{0};
  const double seconds = seconds_of([&] {
    pool.run(pool.threads(), [&](std::int64_t, int) {
      ThreadPool own(1);
      for (int i = next.fetch_add(1); i < runs; i = next.fetch_add(1)) {
        Config member = *config;
        member.seed = i;
        fresh_run(resolve_config(member), own).engine().advance(steps);
      }
    });
  });
  return seconds / static_cast<double>(steps * runs);
}

template <typename T>
BenchResult measure_case(const BenchCase& bench_case, const BenchOptions& options) {
  BenchResult result;
  result.name = bench_case.name;
  result.threads = options.threads;
  const ResolvedConfig config = resolve_config(bench_case.config);
  result.precision = enum_name(config->train.precision);
  result.target = bench_case.target;
  result.settings = bench_case.settings;
  ThreadPool pool(options.threads, Binding::kAll);
  std::optional<NetworkRun> run = fresh_run(config, pool);
  result.flop_per_step = run->engine().flop_per_step();
  result.layerwise_flop = layerwise_flop_of(*run);
  run->engine().advance(3);
  const double first = time_single(run->engine(), 2);
  const auto steps = std::max<std::int64_t>(3, static_cast<std::int64_t>(options.seconds / first));
  if (bench_case.runs > 1) run.reset();
  std::vector<double> fractions, peaks, times;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    const double before = measure_peak<T>(pool);
    double seconds = 0;
    if (bench_case.runs > 1) {
      // Runs of a sweep take thousands of steps; these take a few hundred, so that set-up (1 % of 50 steps) is small.
      const auto each = std::max<std::int64_t>(50, 8 * steps * options.threads / bench_case.runs);
      seconds = time_sweep(config, bench_case.runs, pool, each);
    } else {
      seconds = time_single(run->engine(), steps);
    }
    const double peak = std::max(before, measure_peak<T>(pool));
    fractions.push_back(result.flop_per_step / peak / seconds);
    peaks.push_back(peak);
    times.push_back(seconds);
  }
  ThreadPool own(1);
  const bool sweep = bench_case.runs > 1;
  if (sweep) run = fresh_run(config, own);
  // A run of a sweep has one thread, and its step takes as long as the threads' steps together.
  const double step_seconds = median_of(times) * (sweep ? options.threads : 1);
  run->engine().measure();
  const double record = seconds_of([&] { run->engine().measure(); });
  result.record_fraction = record / (100.0 * step_seconds);
  if (options.threads == 2) result.round_trip_ns = 1e9 * measure_round_trip(pool);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  result.memory_mb = static_cast<double>(usage.ru_maxrss) / 1024.0;  // before the library's and the probes' buffers
  const Prober& prober = run->prober();
  const ProbeSet set = parse_probes(TrainConfig{}.probes, "train.probes");
  prober.read(run->engine(), set, false);
  const double probe = seconds_of([&] { prober.read(run->engine(), set, false); });
  result.probe_fraction = probe / (10 * 100.0 * step_seconds);
  if (const auto gemm = LibraryGemm::load()) result.library_gemm = measure_library<T>(*gemm, pool);
  result.roofline = median_of(fractions);
  result.roofline_low = *std::min_element(fractions.begin(), fractions.end());
  result.roofline_high = *std::max_element(fractions.begin(), fractions.end());
  result.fma_peak = median_of(peaks);
  result.ms_per_step = 1e3 * median_of(times);
  result.steps_per_second = 1.0 / median_of(times);
  return result;
}

}  // namespace

BenchResult run_bench(const BenchCase& bench_case, const BenchOptions& options) {
  return bench_case.config.train.precision == Precision::kFloat64 ? measure_case<double>(bench_case, options)
                                                                  : measure_case<float>(bench_case, options);
}

}  // namespace groklab
