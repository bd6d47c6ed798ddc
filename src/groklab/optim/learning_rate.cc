// See learning_rate.h.
#include "groklab/optim/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace groklab {

double learning_rate_at(const OptimConfig& config, std::int64_t optimizer_step, std::int64_t run_step,
                        std::int64_t total_steps) {
  double rate = config.learning_rate;
  if (optimizer_step < config.warmup_steps) {
    rate *= static_cast<double>(optimizer_step) / static_cast<double>(config.warmup_steps);
  }
  if (config.schedule == Schedule::kCosine && run_step > config.warmup_steps && total_steps > config.warmup_steps) {
    const double progress = std::min(1.0, static_cast<double>(run_step - config.warmup_steps) /
                                              static_cast<double>(total_steps - config.warmup_steps));
    const double fraction = config.final_lr_fraction;
    rate *= fraction + (1.0 - fraction) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  }
  return rate;
}

}  // namespace groklab
