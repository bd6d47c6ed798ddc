// See curves.h.
#include "groklab/analysis/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/analysis/student.h"
#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double transition_loss(std::span<const double> sizes, std::span<const double> accuracies, double floor, double log_mid,
                       double steepness) {
  double sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double fit = floor + (1 - floor) / (1 + std::exp(steepness * (log_mid - std::log(sizes[i]))));
    sum += (accuracies[i] - fit) * (accuracies[i] - fit);
  }
  return sum;
}

}  // namespace

Line fit_line(std::span<const double> x, std::span<const double> y) {
  require(x.size() == y.size(), "fit_line needs pairs");
  const auto n = static_cast<double>(x.size());
  double mx = 0, my = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mx += x[i] / n;
    my += y[i] / n;
  }
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
  }
  if (x.size() < 2 || xx <= 0) return {kNaN, kNaN};
  const double slope = xy / xx;
  return {my - slope * mx, slope};
}

Line fit_power(std::span<const double> x, std::span<const double> y) {
  std::vector<double> log_x, log_y;
  for (const double v : x) log_x.push_back(std::log(v));
  for (const double v : y) log_y.push_back(std::log(v));
  return fit_line(log_x, log_y);
}

double first_reach(std::span<const double> x, std::span<const double> y, double level, double reach) {
  require(x.size() == y.size(), "first_reach needs pairs");
  if (x.size() < 2) return kNaN;
  const auto crossing = [&](std::size_t i) {  // of the line through points i and i + 1, at any x
    const double slope = std::log(y[i + 1] / y[i]) / std::log(x[i + 1] / x[i]);
    return slope > 0 ? x[i] * std::exp(std::log(level / y[i]) / slope) : kNaN;
  };
  if (y[0] >= level) {
    const double at = crossing(0);
    return at >= x[0] / reach ? at : kNaN;
  }
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    if (y[i + 1] >= level) return crossing(i);
  }
  const double at = crossing(x.size() - 2);
  return at <= x[x.size() - 1] * reach ? at : kNaN;
}

Transition fit_transition(std::span<const double> sizes, std::span<const double> accuracies, double floor) {
  require(sizes.size() == accuracies.size() && !sizes.empty(), "fit_transition needs pairs");
  const double half = 0.5 * (1 + floor);
  Transition t;
  t.below = std::all_of(accuracies.begin(), accuracies.end(), [&](double a) { return a > half; });
  t.above = std::all_of(accuracies.begin(), accuracies.end(), [&](double a) { return a < half; });
  t.midpoint = t.steepness = t.width = t.residual = kNaN;
  if (t.below || t.above || sizes.size() < 2) return t;
  const double low = std::log(*std::min_element(sizes.begin(), sizes.end()));
  const double high = std::log(*std::max_element(sizes.begin(), sizes.end()));
  // A grid finds the basin (a sharp transition has flat stretches that stop a gradient), then the grid is refined.
  // Not a library's Levenberg-Marquardt: both parameters are bounded, the fit often lies on a bound (a step between two
  // sizes), and stored verdicts rest on these numbers, which such a fit would move by the last refinement, 1e-5.
  double mid_low = low, mid_high = high, steep_low = std::log(0.5), steep_high = std::log(60.0);
  double best_mid = kNaN, best_steep = kNaN, best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 12; ++round) {
    constexpr int kGrid = 24;
    for (int i = 0; i <= kGrid; ++i) {
      for (int j = 0; j <= kGrid; ++j) {
        const double mid = mid_low + (mid_high - mid_low) * i / kGrid;
        const double steep = std::exp(steep_low + (steep_high - steep_low) * j / kGrid);
        const double loss = transition_loss(sizes, accuracies, floor, mid, steep);
        if (loss < best) {
          best = loss;
          best_mid = mid;
          best_steep = steep;
        }
      }
    }
    const double mid_span = 0.25 * (mid_high - mid_low), steep_span = 0.25 * (steep_high - steep_low);
    mid_low = std::max(low, best_mid - mid_span);
    mid_high = std::min(high, best_mid + mid_span);
    steep_low = std::max(std::log(0.5), std::log(best_steep) - steep_span);
    steep_high = std::min(std::log(60.0), std::log(best_steep) + steep_span);
  }
  t.midpoint = std::exp(best_mid);
  t.steepness = best_steep;
  t.width = std::exp(2 * std::log(9.0) / best_steep);
  t.residual = std::sqrt(best / static_cast<double>(sizes.size()));
  return t;
}

std::vector<SurvivalPoint> kaplan_meier(std::vector<Duration> observations) {
  std::sort(observations.begin(), observations.end(),
            [](const Duration& a, const Duration& b) { return a.time < b.time; });
  std::vector<SurvivalPoint> curve = {{0, 1}};
  double fraction = 1;
  for (std::size_t begin = 0; begin < observations.size();) {
    std::size_t end = begin, events = 0;
    while (end < observations.size() && observations[end].time == observations[begin].time) {
      events += observations[end].happened ? 1 : 0;
      ++end;
    }
    if (events > 0) {
      fraction *= 1 - static_cast<double>(events) / static_cast<double>(observations.size() - begin);
      curve.push_back({observations[begin].time, fraction});
    }
    begin = end;
  }
  return curve;
}

double median_survival(std::span<const Duration> observations) {
  for (const SurvivalPoint& point : kaplan_meier({observations.begin(), observations.end()})) {
    if (point.fraction <= 0.5) return point.time;
  }
  return kNaN;
}

Estimate median_survival_estimate(std::span<const Duration> observations, double level) {
  const double open = std::numeric_limits<double>::infinity();
  Estimate estimate{median_survival(observations), open, open, static_cast<std::int64_t>(observations.size())};
  const double z = normal_quantile(0.5 + level / 2);
  double left = static_cast<double>(observations.size()), sum = 0, before = 1;  // Greenwood's sum of d / (n (n - d))
  for (const SurvivalPoint& point : kaplan_meier({observations.begin(), observations.end()})) {
    if (point.fraction == before) continue;  // the curve's start
    left = static_cast<double>(std::count_if(observations.begin(), observations.end(),
                                             [&](const Duration& d) { return d.time >= point.time; }));
    const double events = left * (1 - point.fraction / before);
    before = point.fraction;
    sum += left > events ? events / (left * (left - events)) : 0;
    const double width = point.fraction > 0 ? z * std::sqrt(sum) / -std::log(point.fraction) : 0;
    const double low = std::pow(point.fraction, std::exp(width)), high = std::pow(point.fraction, std::exp(-width));
    if (low <= 0.5 && estimate.low == open) estimate.low = point.time;
    if (high <= 0.5 && estimate.high == open) estimate.high = point.time;
  }
  return estimate;
}

}  // namespace groklab
