// The benchmark's workloads; targets are roofline fractions (docs/performance.md).
#include <initializer_list>

#include "groklab/bench/bench.h"
#include "groklab/config.h"

namespace groklab {

namespace {

ResolvedConfig config_with(std::initializer_list<const char*> settings) {
  Config config;
  for (const char* setting : settings) set_config_value(config, setting);
  return resolve_config(config);
}

}  // namespace

std::vector<BenchCase> bench_cases() {
  const char* f64 = "train.precision=float64";
  const auto small = {"task.modulus=59", "split.train_size=1400", "model.d_model=64"};
  const auto tiny = {"task.modulus=43", "split.train_size=300", "model.d_model=48"};
  return {
      {"V", "p 113, D 3830, d 128, m 512", config_with({"split.train_size=3830"}), 1, true, 0.86},
      {"V-f64", "the same in float64", config_with({"split.train_size=3830", f64}), 1, true, 0.82},
      {"full", "p 113, D 12769", config_with({"split.train_size=12769"}), 1, false, 0.87},
      {"full-f64", "the same in float64", config_with({"split.train_size=12769", f64}), 1, false, 0.82},
      {"semi", "p 113, D 1532", config_with({"split.train_size=1532"}), 1, false, 0.82},
      {"semi-f64", "the same in float64", config_with({"split.train_size=1532", f64}), 1, false, 0.78},
      {"small", "p 59, D 1400, d 64, m 256, one run", config_with(small), 1, false, 0.65},
      {"small-16", "16 such runs", config_with(small), 16, false, 0.80},
      {"tiny-16", "16 runs of p 43, D 300, d 48, m 192", config_with(tiny), 16, false, 0.60},
      {"general", "p 113, D 3830, 2 layers, pre-LayerNorm",
       config_with({"split.train_size=3830", "model.n_layers=2", "model.layer_norm=pre"}), 1, false, 0.72},
  };
}

}  // namespace groklab
