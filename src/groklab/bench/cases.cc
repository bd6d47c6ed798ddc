// The benchmark's workloads; targets are roofline fractions (docs/performance.md).
#include <initializer_list>

#include "groklab/bench/bench.h"
#include "groklab/config.h"
#include "groklab/config/change.h"

namespace groklab {

namespace {

Config config_with(std::initializer_list<const char*> settings) {
  Config config;
  for (const char* setting : settings) set_config_value(config, setting);
  return config;
}

}  // namespace

std::vector<BenchCase> bench_cases() {
  const char* f64 = "train.precision=float64";
  const auto small = {"task.modulus=59", "split.train_size=1400", "model.d_model=64"};
  const auto mlp = {"model.architecture=mlp", "task.modulus=97", "split.train_size=4704"};
  const auto tiny = {"task.modulus=43", "split.train_size=300", "model.d_model=48"};
  return {
      {"V", "p 113, D 3830, d 128, m 512", config_with({"split.train_size=3830"}), 1, true, 0.80, {}},
      {"V-f64", "the same in float64", config_with({"split.train_size=3830", f64}), 1, true, 0.75, {}},
      {"full", "p 113, D 12769", config_with({"split.train_size=12769"}), 1, false, 0.82, {}},
      {"full-f64", "the same in float64", config_with({"split.train_size=12769", f64}), 1, false, 0, {}},
      {"semi", "p 113, D 1532", config_with({"split.train_size=1532"}), 1, false, 0.74, {}},
      {"semi-f64", "the same in float64", config_with({"split.train_size=1532", f64}), 1, false, 0, {}},
      {"small", "p 59, D 1400, d 64, m 256, one run", config_with(small), 1, false, 0, {}},
      {"small-16", "16 such runs", config_with(small), 16, false, 0.70, {}},
      {"tiny-16", "16 runs of p 43, D 300, d 48, m 192", config_with(tiny), 16, false, 0.55, {}},
      {"mlp", "embedding MLP: p 97, D 4704, d 128, m 512, one hidden layer", config_with(mlp), 1, true, 0.75, {}},
      {"general",
       "p 113, D 3830, 2 layers, pre-LayerNorm",
       config_with({"split.train_size=3830", "model.n_layers=2", "model.layer_norm=pre"}),
       1,
       false,
       0.72,
       {}},
  };
}

BenchCase changed_case(const BenchCase& bench_case, const std::vector<std::string>& settings) {
  BenchCase changed = bench_case;
  if (settings.empty()) return changed;
  change_config(changed.config, settings);
  check_config(changed.config);
  changed.target = 0;
  changed.settings.insert(changed.settings.end(), settings.begin(), settings.end());
  return changed;
}

}  // namespace groklab
