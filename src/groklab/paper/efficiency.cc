// See efficiency.h.
#include "groklab/paper/efficiency.h"

#include <algorithm>
#include <cmath>
#include <iterator>
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

bool generalises(const Record& last) {
  return last.train.accuracy >= kFitted && (last.test.rows == 0 || last.test.accuracy >= kFitted);
}

/// Adds the run's point if it generalises.
void add_generalising(std::vector<EfficiencyPoint>& points, const Study& study, RunIndex run, const Network& network,
                      std::int64_t seed, std::int64_t rows, double weight_decay) {
  if (!study.has(run) || !generalises(study.last(run))) return;
  points.push_back(point_of(study, run, seed, rows, weight_decay));
  points.back().passes = !has_group(network) || std::sqrt(study.circuits(run).invariant_fraction) >= kGeneralShare;
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

std::vector<EfficiencyPoint> generalising_points(Study& study, const Network& network, std::int64_t seeds,
                                                 std::span<const std::int64_t> rows,
                                                 std::span<const double> weight_decays) {
  std::vector<EfficiencyPoint> points;
  for (std::int64_t i = 0; i < seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    for (const std::int64_t size : rows) {
      for (const double weight_decay : weight_decays) {
        const RunIndex run = study.converged(network, seed, size, weight_decay);
        add_generalising(points, study, run, network, seed, size, weight_decay);
      }
    }
  }
  return points;
}

std::vector<EfficiencyPoint> generalising_forks(Study& study, const Network& network, std::int64_t seeds,
                                                std::span<const std::int64_t> rows, double weight_decay) {
  std::vector<EfficiencyPoint> points;
  for (std::int64_t i = 0; i < seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    for (const std::int64_t size : rows) {
      const RunIndex run = ungrok_run(study, network, seed, size, weight_decay);
      add_generalising(points, study, run, network, seed, size, weight_decay);
    }
  }
  return points;
}

std::vector<EfficiencyPoint> passing(std::span<const EfficiencyPoint> points) {
  std::vector<EfficiencyPoint> some;
  std::copy_if(points.begin(), points.end(), std::back_inserter(some), [](const auto& p) { return p.passes; });
  return some;
}

std::vector<EfficiencyPoint> general_points(Study& study, const Network& network, std::int64_t seeds,
                                            std::int64_t fork_rows, double weight_decay) {
  auto points = generalising_points(study, network, seeds, std::vector<std::int64_t>{network.rows},
                                    std::vector<double>{weight_decay});
  const auto forks = generalising_forks(study, network, seeds, std::vector<std::int64_t>{fork_rows}, weight_decay);
  points.insert(points.end(), forks.begin(), forks.end());
  return passing(points);
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

Estimate iso_logit_slope_within_seeds(std::span<const EfficiencyPoint> points, double weight_decay, double level) {
  std::vector<std::int64_t> seeds;
  std::vector<double> x, y;
  for (const EfficiencyPoint& p : points) {
    if (p.weight_decay != weight_decay) continue;
    seeds.push_back(p.seed);
    x.push_back(std::log(static_cast<double>(p.rows)));
    y.push_back(std::log(p.norm_at_margin));
  }
  return within_group_slope(seeds, x, y, level);
}

double general_level(std::span<const EfficiencyPoint> general, std::int64_t seed, double EfficiencyPoint::*value) {
  std::vector<double> own, all;
  for (const EfficiencyPoint& p : general) {
    if (p.seed == seed) own.push_back(p.*value);
    all.push_back(p.*value);
  }
  const Estimate mean = mean_estimate(own);
  return mean.n > 0 ? mean.value : mean_estimate(all).value;
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

RunIndex scratch_run(Study& study, std::int64_t seed, std::int64_t rows) {
  const Scale& s = study.scale();
  return study.scratch(s.main, seed, rows, s.weight_decay, s.scratch_steps);
}

RunIndex grokking_run(Study& study, std::int64_t seed) { return scratch_run(study, seed, study.scale().grokking_rows); }

Transition transition_over(const Network& network, std::span<const std::int64_t> rows,
                           const std::function<double(std::int64_t rows)>& accuracy) {
  std::vector<double> sizes, accuracies;
  for (const std::int64_t size : rows) {
    const double at_size = accuracy(size);
    if (!std::isfinite(at_size)) continue;
    sizes.push_back(static_cast<double>(size));
    accuracies.push_back(at_size);
  }
  if (sizes.size() < 2) return {kNaN, kNaN, kNaN, kNaN, false, false};
  return fit_transition(sizes, accuracies, 1.0 / static_cast<double>(network.classes));
}

RunIndex ungrok_run(Study& study, const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay) {
  const std::int64_t steps = std::max(study.scale().ungrok_steps, equal_decay_step(study, weight_decay));
  return study.ungrokked(network, seed, network.rows, rows, weight_decay, steps);
}

Transition ungrok_transition(Study& study, const Network& network, std::int64_t seed,
                             std::span<const std::int64_t> rows, double weight_decay, std::int64_t step) {
  return transition_over(network, rows, [&](std::int64_t size) {
    return accuracy_at(study, ungrok_run(study, network, seed, size, weight_decay), step);
  });
}

Estimate exponential(const Estimate& logs) {
  return {std::exp(logs.value), std::exp(logs.low), std::exp(logs.high), logs.n};
}

}  // namespace groklab::paper
