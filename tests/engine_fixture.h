// Builds engines from "key=value" settings for the tests of training.
#pragma once

#include <cmath>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"

namespace groklab::testing {

/// A network of a few hundred parameters on x + y mod 7: everything can be checked exhaustively.
inline Config small_config(std::initializer_list<const char*> settings = {}) {
  Config config;
  for (const char* s : {"task.modulus=7", "split.train_size=30", "model.d_model=8", "model.n_heads=2", "model.d_mlp=12",
                        "train.precision=float64"}) {
    set_config_value(config, s);
  }
  for (const char* s : settings) set_config_value(config, s);
  return *resolve_config(config);
}

/// An engine with all that it refers to.
struct Lab {
  explicit Lab(const Config& c, int threads = 1, std::string_view instruction_set = "")
      : config(resolve_config(c)),
        task(make_task(config)),
        split(make_split(config, task)),
        pool(threads),
        engine(make_engine(config, task, split, pool, instruction_set)) {
    engine->initialise();
  }
  ResolvedConfig config;
  Task task;
  Split split;
  ThreadPool pool;
  std::unique_ptr<Engine> engine;
};

/// ||a - b|| / ||b|| over n elements; 0 if both vanish.
inline double relative_difference(const double* a, const double* b, std::int64_t n) {
  double difference = 0, norm = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  if (difference == 0) return 0;
  return std::sqrt(difference / norm);
}

}  // namespace groklab::testing
