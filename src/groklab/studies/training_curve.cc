// See training_curve.h.
#include "groklab/studies/training_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/analysis/event_times.h"

namespace groklab::studies {

std::string complaint(const TrainingCurve& curve) {
  const std::size_t n = curve.step.size();
  if (n > 0 && curve.train_accuracy.size() == n && curve.test_accuracy.size() == n && curve.norm.size() == n) return "";
  return "expected lists of one length above 0";
}

TrainingCurve curve_of(std::span<const Record> records) {
  TrainingCurve curve;
  for (const Record& record : records) {
    curve.step.push_back(record.step);
    curve.train_accuracy.push_back(record.train.accuracy);
    curve.test_accuracy.push_back(record.test.accuracy);
    curve.norm.push_back(record.norm);
  }
  return curve;
}

Delay delay_of(std::span<const Record> records, double accuracy) {
  const EventTimes times = event_times(records, {.accuracy = accuracy});
  return {times.fit, times.grok, records.empty() ? 0 : records.back().step};
}

double log_delay(const Delay& delay) {
  if (!delay.fit || *delay.fit == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto grok = static_cast<double>(delay.grok.value_or(delay.budget));
  return std::log10(std::max(grok, 1.0) / static_cast<double>(*delay.fit));
}

bool is_censored(const Delay& delay) { return delay.fit && *delay.fit != 0 && !delay.grok; }

std::vector<double> per_seed(const SeedRange& seeds, const std::function<double(std::int64_t)>& value) {
  std::vector<double> values;
  for (const std::int64_t seed : seeds.all()) values.push_back(value(seed));
  return values;
}

Transition transition_over(std::int64_t classes, std::span<const std::int64_t> rows,
                           const std::function<double(std::int64_t rows)>& accuracy) {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sizes, accuracies;
  for (const std::int64_t size : rows) {
    const double at_size = accuracy(size);
    if (!std::isfinite(at_size)) continue;
    sizes.push_back(static_cast<double>(size));
    accuracies.push_back(at_size);
  }
  if (sizes.size() < 2) return {kMissing, kMissing, kMissing, kMissing, false, false};
  return fit_transition(sizes, accuracies, 1.0 / static_cast<double>(classes));
}

}  // namespace groklab::studies
