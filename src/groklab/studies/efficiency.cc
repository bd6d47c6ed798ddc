// See efficiency.h.
#include "groklab/studies/efficiency.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <set>

#include "groklab/analysis/curves.h"

namespace groklab::studies {
namespace {

template <class Keep>
std::vector<EfficiencyPoint> points_that(std::span<const EfficiencyPoint> points, Keep keep) {
  std::vector<EfficiencyPoint> some;
  std::copy_if(points.begin(), points.end(), std::back_inserter(some), keep);
  return some;
}

}  // namespace

std::vector<EfficiencyPoint> measure_points(const RunResults& results, std::span<const PlannedPoint> runs,
                                            bool circuits) {
  std::vector<EfficiencyPoint> points;
  for (const PlannedPoint& planned : runs) {
    if (!results.has(planned.run)) continue;
    const Record& last = results.last(planned.run);
    EfficiencyPoint point;
    point.seed = planned.seed;
    point.rows = planned.rows;
    point.weight_decay = planned.weight_decay;
    point.train_accuracy = last.train.accuracy;
    point.test_accuracy = last.test.rows > 0 ? last.test.accuracy : std::numeric_limits<double>::quiet_NaN();
    point.norm = last.norm;
    point.margin = last.train.margin;
    point.norm_at_margin = results.norm_at_margin(planned.run, kReferenceMargin);
    point.norm_at_logit = results.norm_at_logit(planned.run, kReferenceLogit);
    const Degrees degrees = results.degrees(planned.run);
    point.degree = degrees.margin;
    point.logit_degree = degrees.correct_logit;
    point.objective = last.objective;
    point.stationary = results.stationarity(planned.run).stationary;
    if (const std::optional<CircuitMetrics> split = circuits ? results.circuits(planned.run) : std::nullopt) {
      point.has_circuits = true;
      point.invariant_fraction = split->invariant_fraction;
    }
    points.push_back(point);
  }
  return points;
}

std::vector<EfficiencyPoint> fitted(std::span<const EfficiencyPoint> points) {
  return points_that(points, [](const auto& p) { return p.stationary && p.train_accuracy >= kFittedAccuracy; });
}

std::vector<EfficiencyPoint> generalising(std::span<const EfficiencyPoint> points) {
  return points_that(points, [](const auto& p) {
    return p.stationary && p.train_accuracy >= kFittedAccuracy &&
           (std::isnan(p.test_accuracy) || p.test_accuracy >= kFittedAccuracy);
  });
}

std::vector<EfficiencyPoint> passing(std::span<const EfficiencyPoint> points) {
  return points_that(
      points, [](const auto& p) { return !p.has_circuits || std::sqrt(p.invariant_fraction) >= kInvariantNorm; });
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
  return clustered_slope(seeds, x, y, level);
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
  return std::isfinite(level) ? first_reach(x, y, level, 1.5) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace groklab::studies
