// See schedule.h.
#include "groklab/train/schedule.h"

#include <algorithm>
#include <cmath>

namespace groklab {
namespace {

bool contains(const std::vector<std::int64_t>& sorted, std::int64_t step) {
  return std::binary_search(sorted.begin(), sorted.end(), step);
}

bool is_multiple(std::int64_t step, std::int64_t every) { return every > 0 && step % every == 0; }

std::int64_t next_in(const std::vector<std::int64_t>& sorted, std::int64_t step, std::int64_t otherwise) {
  const auto found = std::upper_bound(sorted.begin(), sorted.end(), step);
  return found == sorted.end() ? otherwise : std::min(*found, otherwise);
}

std::int64_t next_multiple(std::int64_t step, std::int64_t every, std::int64_t otherwise) {
  if (every <= 0) return otherwise;
  const std::int64_t distance = every - step % every;
  return distance > otherwise - step ? otherwise : step + distance;  // no overflow for huge `every`
}

}  // namespace

std::vector<std::int64_t> log_spaced_steps(std::int64_t per_decade, std::int64_t last) {
  std::vector<std::int64_t> steps;
  if (per_decade <= 0) return steps;
  for (std::int64_t k = 0;; ++k) {
    // No 10^(k/n) lies on a half integer, so an error of one ulp in pow cannot change the rounded value.
    const double point = std::pow(10.0, static_cast<double>(k) / static_cast<double>(per_decade));
    if (point >= 9e18) return steps;
    const auto step = static_cast<std::int64_t>(std::llround(point));
    if (step > last) return steps;
    if (steps.empty() || step > steps.back()) steps.push_back(step);
  }
}

EventSchedule::EventSchedule(const TrainConfig& config)
    : steps_(config.steps),
      record_every_(config.evaluate_every),
      checkpoint_every_(config.checkpoint_every),
      log_checkpoints_(config.checkpoint_per_decade > 0),
      log_records_(log_spaced_steps(config.evaluate_per_decade, config.steps)),
      log_checkpoint_steps_(log_spaced_steps(config.checkpoint_per_decade, config.steps)) {}

bool EventSchedule::records_at(std::int64_t step) const {
  return step == 0 || step == steps_ || is_multiple(step, record_every_) || contains(log_records_, step);
}

bool EventSchedule::keeps_checkpoint_at(std::int64_t step) const {
  if (step == steps_) return true;
  if (step == 0) return log_checkpoints_;
  return is_multiple(step, checkpoint_every_) || contains(log_checkpoint_steps_, step);
}

std::int64_t EventSchedule::next_event(std::int64_t step) const {
  std::int64_t next = steps_;
  next = next_multiple(step, record_every_, next);
  next = next_multiple(step, checkpoint_every_, next);
  next = next_in(log_records_, step, next);
  return next_in(log_checkpoint_steps_, step, next);
}

}  // namespace groklab
