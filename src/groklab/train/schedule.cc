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

/// Steps of 1..last that are a multiple of `every` (0: none) or in the list, which is sorted.
std::int64_t count_events(std::int64_t every, const std::vector<std::int64_t>& sorted, std::int64_t last) {
  std::int64_t count = every > 0 ? last / every : 0;
  for (const std::int64_t step : sorted) {
    if (step >= 1 && step <= last && !is_multiple(step, every)) ++count;
  }
  return count;
}

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
      evaluate_every_(config.evaluate_every),
      checkpoint_every_(config.checkpoint_every),
      log_checkpoints_(config.checkpoint_per_decade > 0),
      log_evaluations_(log_spaced_steps(config.evaluate_per_decade, config.steps)),
      log_checkpoint_steps_(log_spaced_steps(config.checkpoint_per_decade, config.steps)) {}

bool EventSchedule::evaluates_at(std::int64_t step) const {
  return step == 0 || step == steps_ || is_multiple(step, evaluate_every_) || contains(log_evaluations_, step);
}

bool EventSchedule::keeps_checkpoint_at(std::int64_t step) const {
  if (step == steps_) return true;
  if (step == 0) return log_checkpoints_;
  return is_multiple(step, checkpoint_every_) || contains(log_checkpoint_steps_, step);
}

std::int64_t EventSchedule::evaluation_count() const {
  if (steps_ == 0) return 1;
  return 2 + count_events(evaluate_every_, log_evaluations_, steps_ - 1);  // 2: the first and the last step
}

std::int64_t EventSchedule::checkpoint_count() const {
  if (steps_ == 0) return 1;
  return 1 + (log_checkpoints_ ? 1 : 0) + count_events(checkpoint_every_, log_checkpoint_steps_, steps_ - 1);
}

std::int64_t EventSchedule::next_event(std::int64_t step) const {
  std::int64_t next = steps_;
  next = next_multiple(step, evaluate_every_, next);
  next = next_multiple(step, checkpoint_every_, next);
  next = next_in(log_evaluations_, step, next);
  return next_in(log_checkpoint_steps_, step, next);
}

}  // namespace groklab
