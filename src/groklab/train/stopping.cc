// See stopping.h.
#include "groklab/train/stopping.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace groklab {
namespace {

bool is_close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

}  // namespace

StoppingRule::StoppingRule(const TrainConfig& config)
    : accuracy_(config.stop_test_accuracy),
      held_needed_(std::max<std::int64_t>(config.stop_held_evaluations, 1)),
      tolerance_(config.stop_stationary_tolerance),
      window_(config.stop_stationary_window) {}

std::string StoppingRule::add(const Record& record) {
  std::string reason;
  if (accuracy_ > 0) {
    held_ = record.test.accuracy >= accuracy_ ? held_ + 1 : 0;  // NaN (no test rows) never holds
    if (held_ >= held_needed_) {
      reason = fmt::format("test accuracy >= {} held for {} records", accuracy_, held_needed_);
    }
  }
  if (tolerance_ > 0 && is_stationary(record) && reason.empty()) {
    reason = fmt::format("norm and train loss changed by less than {} over {} steps", tolerance_, window_);
  }
  return reason;
}

bool StoppingRule::is_stationary(const Record& record) {
  points_.push_back({record.step, record.norm, record.train.loss});
  const std::int64_t start = record.step - window_;
  while (points_.size() >= 2 && points_[1].step <= start) points_.pop_front();
  if (points_.front().step > start) return false;
  return std::all_of(points_.begin(), points_.end(), [&](const Point& point) {
    return is_close(point.norm, record.norm, tolerance_) && is_close(point.loss, record.train.loss, tolerance_);
  });
}

}  // namespace groklab
