// See decay_time.h.
#include "groklab/optim/decay_time.h"

#include "groklab/optim/learning_rate.h"

namespace groklab {

std::vector<double> decay_times(const Config& config, std::span<const std::int64_t> steps) {
  const bool in_loss = config.optim.kind == "adam" || config.optim.kind == "sgd";
  const double lambda = in_loss ? 1 : config.optim.weight_decay;
  const std::int64_t before = config.fork.run.empty() || config.fork.reset_optimizer ? 0 : config.fork.step;
  std::vector<double> times;
  std::int64_t done = 0;
  double sum = 0;
  for (const std::int64_t step : steps) {
    for (; done < step; ++done) {
      sum += learning_rate_at(config.optim, before + done + 1, done + 1, config.train.steps);
    }
    times.push_back(lambda * sum);
  }
  return times;
}

}  // namespace groklab
