// See efficiency.h.
#include "groklab/paper/efficiency.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "groklab/analysis/event_times.h"

namespace groklab::paper {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFitted = 0.99;

EfficiencyPoint point_of(const Study& study, RunIndex run, std::int64_t seed, std::int64_t rows, double weight_decay) {
  EfficiencyPoint point;
  point.seed = seed;
  point.rows = rows;
  point.weight_decay = weight_decay;
  const Record& last = study.last(run);
  point.norm = last.norm;
  point.margin = last.train.margin;
  point.correct_logit = last.train.correct_logit_centred;
  point.norm_at_margin = study.norm_at_margin(run, kReferenceMargin);
  point.objective = last.train.loss + 0.5 * weight_decay * last.norm * last.norm;
  return point;
}

bool has_group(const Network& network) {
  const Operation o = network.task.operation;
  return o == Operation::kAdd || o == Operation::kSubtract || o == Operation::kMultiply || o == Operation::kDivide ||
         o == Operation::kGroupProduct || o == Operation::kGroupConjugate || o == Operation::kGroupSandwich;
}

/// Fits, generalises, and passes the paper's filter.
bool is_general(const Study& study, RunIndex run, const Network& network) {
  const Record& last = study.last(run);
  if (last.train.accuracy < kFitted || (last.test.rows > 0 && last.test.accuracy < kFitted)) return false;
  return !has_group(network) || study.circuits(run).general_share >= kGeneralShare;
}

}  // namespace

std::vector<EfficiencyPoint> memorised_points(Study& study, const Network& network, std::int64_t seeds,
                                              std::span<const double> weight_decays, const char* labels) {
  std::vector<EfficiencyPoint> points;
  for (std::int64_t i = 0; i < seeds; ++i) {
    for (const std::int64_t rows : Scale::within(study.scale().memorised_rows, network)) {
      for (const double weight_decay : weight_decays) {
        const std::int64_t seed = seed_at(study, i);
        const RunIndex run = study.memorised(network, seed, rows, weight_decay, labels);
        if (!study.has(run) || study.last(run).train.accuracy < kFitted) continue;
        points.push_back(point_of(study, run, seed, rows, weight_decay));
      }
    }
  }
  return points;
}

std::vector<EfficiencyPoint> general_points(Study& study, const Network& network, std::int64_t seeds,
                                            std::span<const std::int64_t> rows, std::span<const double> weight_decays,
                                            std::int64_t* dropped) {
  std::vector<EfficiencyPoint> points;
  for (std::int64_t i = 0; i < seeds; ++i) {
    for (const std::int64_t size : rows) {
      for (const double weight_decay : weight_decays) {
        const std::int64_t seed = seed_at(study, i);
        const RunIndex run = study.converged(network, seed, size, weight_decay);
        if (!study.has(run)) continue;
        if (is_general(study, run, network)) {
          points.push_back(point_of(study, run, seed, size, weight_decay));
        } else if (dropped != nullptr) {
          ++*dropped;
        }
      }
    }
  }
  return points;
}

std::vector<EfficiencyPoint> general_fork_points(Study& study, const Network& network, std::int64_t seeds,
                                                 std::span<const std::int64_t> rows, double weight_decay,
                                                 std::int64_t* dropped) {
  std::vector<EfficiencyPoint> points;
  for (std::int64_t i = 0; i < seeds; ++i) {
    for (const std::int64_t size : rows) {
      const std::int64_t seed = seed_at(study, i);
      const RunIndex run = ungrok_run(study, network, seed, size, weight_decay);
      if (!study.has(run)) continue;
      if (is_general(study, run, network)) {
        points.push_back(point_of(study, run, seed, size, weight_decay));
      } else if (dropped != nullptr) {
        ++*dropped;
      }
    }
  }
  return points;
}

std::vector<std::int64_t> sizes_of(std::span<const EfficiencyPoint> points) {
  std::set<std::int64_t> sizes;
  for (const EfficiencyPoint& point : points) sizes.insert(point.rows);
  return {sizes.begin(), sizes.end()};
}

double iso_logit_slope(std::span<const EfficiencyPoint> points, std::int64_t seed, double weight_decay) {
  std::vector<double> x, y;
  for (const EfficiencyPoint& p : points) {
    if (p.seed != seed || p.weight_decay != weight_decay || !std::isfinite(p.norm_at_margin)) continue;
    x.push_back(static_cast<double>(p.rows));
    y.push_back(p.norm_at_margin);
  }
  return fit_power(x, y).slope;
}

double crossing(std::span<const EfficiencyPoint> memorised, std::int64_t seed, double weight_decay, double level,
                double EfficiencyPoint::*value) {
  std::vector<double> x, y;
  for (const std::int64_t rows : sizes_of(memorised)) {
    for (const EfficiencyPoint& p : memorised) {
      if (p.seed != seed || p.rows != rows || p.weight_decay != weight_decay || !std::isfinite(p.*value)) continue;
      x.push_back(static_cast<double>(rows));
      y.push_back(p.*value);
    }
  }
  return std::isfinite(level) ? first_reach(x, y, level, 1.5) : kNaN;
}

std::int64_t seed_at(const Study& study, std::int64_t i) { return study.scale().first_seed + i; }

std::vector<double> per_seed(const Study& study, std::int64_t count, const std::function<double(std::int64_t)>& value) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(value(seed_at(study, i)));
  return values;
}

double log_delay(const Study& study, RunIndex run, std::int64_t* censored) {
  if (!study.has(run)) return kNaN;
  const std::vector<Record>& records = study.records(run);
  const EventTimes times = event_times(records, kHeld);
  if (!times.fit || *times.fit == 0) return kNaN;
  if (!times.grok && censored != nullptr) ++*censored;
  const auto grok = static_cast<double>(times.grok.value_or(records.back().step));
  return std::log10(std::max(grok, 1.0) / static_cast<double>(*times.fit));
}

double accuracy_at(const Study& study, RunIndex run, std::int64_t step) {
  if (!study.has(run)) return kNaN;
  double accuracy = kNaN;
  for (const Record& record : study.records(run)) {
    if (step >= 0 && record.step > step) break;
    accuracy = record.test.accuracy;
  }
  return accuracy;
}

std::int64_t equal_decay_step(const Study& study, double weight_decay) {
  return std::llround(static_cast<double>(study.scale().ungrok_steps) / weight_decay);
}

RunIndex ungrok_run(Study& study, const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay) {
  const std::int64_t steps = std::max(study.scale().ungrok_steps, equal_decay_step(study, weight_decay));
  return study.ungrokked(network, seed, network.rows, rows, weight_decay, steps);
}

Transition ungrok_transition(Study& study, const Network& network, std::int64_t seed,
                             std::span<const std::int64_t> rows, double weight_decay, std::int64_t step) {
  std::vector<double> sizes, accuracies;
  for (const std::int64_t size : rows) {
    const double accuracy = accuracy_at(study, ungrok_run(study, network, seed, size, weight_decay), step);
    if (!std::isfinite(accuracy)) continue;
    sizes.push_back(static_cast<double>(size));
    accuracies.push_back(accuracy);
  }
  if (sizes.size() < 2) return {kNaN, kNaN, kNaN, kNaN, false, false};
  return fit_transition(sizes, accuracies, 1.0 / static_cast<double>(network.classes));
}

Estimate exponential(const Estimate& logs) {
  return {std::exp(logs.value), std::exp(logs.low), std::exp(logs.high), logs.n};
}

}  // namespace groklab::paper
