// See rho_points.h.
#include "groklab/studies/varma2023/rho_points.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "groklab/analysis/estimate.h"

namespace groklab::studies::varma2023 {
namespace {

/// Intervals nearer to each other than this factor would hide one another.
const double kLeastFactorBetween = std::pow(10.0, 1.0 / 12);

}  // namespace

std::vector<report::XyPoint> rho_points(const std::vector<CircuitsAt>& circuits) {
  std::map<double, std::vector<double>> logs;
  std::vector<report::XyPoint> seeds, points;
  for (const CircuitsAt& c : circuits) {
    if (!(c.general > 0) || !(c.memorised > 0)) continue;
    logs[c.x].push_back(std::log(c.general / c.memorised));
    seeds.push_back({kSeedRho, c.x, c.general / c.memorised, fmt::format("{}", c.seed)});
  }
  double last = 0;
  for (const auto& [x, values] : logs) {
    if (values.size() < 2 || x < kLeastFactorBetween * last) continue;
    const Estimate rho = exponential(mean_estimate(values));
    if (!(rho.high < kWidestRho * rho.low)) continue;
    last = x;
    points.push_back({kMeanRho, x, rho.value, "mean", rho.low, rho.high});
  }
  seeds.insert(seeds.end(), points.begin(), points.end());  // means are drawn over the seeds
  return seeds;
}

}  // namespace groklab::studies::varma2023
