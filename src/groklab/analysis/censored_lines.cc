// See censored_lines.h.
#include "groklab/analysis/censored_lines.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "groklab/analysis/truncated_normal.h"

namespace groklab {
namespace {

constexpr int kMostIterations = 5000;
constexpr double kSettled = 1e-10;    // relative to the spread
constexpr double kFirstSpread = 0.1;  // where the exact points lie on their lines: any start will do
constexpr double kSmallestSpread = 1e-12;

struct LineGroup {
  std::vector<CensoredPoint> points;
  std::int64_t n_exact = 0;
  double intercept = std::nan(""), slope = std::nan("");

  double at(double x) const { return intercept + slope * x; }
  bool has_line() const { return std::isfinite(slope); }
};

/// Least squares; a slope of NaN without two different x.
void fit(LineGroup& group, std::span<const double> x, std::span<const double> y) {
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / n;
    mean_y += y[i] / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  group.slope = xx > 0 ? xy / xx : std::nan("");
  group.intercept = mean_y - group.slope * mean_x;
}

void fit_exact(LineGroup& group) {
  std::vector<double> x, y;
  for (const CensoredPoint& p : group.points) {
    if (!p.is_exact()) continue;
    x.push_back(p.x);
    y.push_back(p.low);
  }
  group.n_exact = static_cast<std::int64_t>(x.size());
  if (!x.empty()) fit(group, x, y);
}

/// One step of expectation and maximisation: new lines, and the new spread.
double improve_lines(std::vector<LineGroup*>& groups, double spread, double& moved) {
  double squares = 0, degrees = 0;
  moved = 0;
  for (LineGroup* group : groups) {
    const LineGroup before = *group;
    std::vector<double> x, y;
    double variance = 0;  // of what is known to lie between bounds only
    for (const CensoredPoint& p : group->points) {
      x.push_back(p.x);
      if (p.is_exact()) {
        y.push_back(p.low);
        continue;
      }
      const double line = before.at(p.x);
      const NormalMoments m = truncated_moments((p.low - line) / spread, (p.high - line) / spread);
      y.push_back(line + spread * m.first);
      variance += spread * spread * (m.second - m.first * m.first);
    }
    fit(*group, x, y);
    squares += variance;
    for (std::size_t i = 0; i < x.size(); ++i) {
      squares += (y[i] - group->at(x[i])) * (y[i] - group->at(x[i]));
      moved = std::max(moved, std::abs(group->at(x[i]) - before.at(x[i])) / spread);
    }
    degrees += static_cast<double>(x.size()) - 2;
  }
  return degrees > 0 ? std::sqrt(squares / degrees) : 0;
}

double spread_of_exact(const std::vector<LineGroup*>& groups) {
  double squares = 0, n = 0;
  for (const LineGroup* group : groups) {
    for (const CensoredPoint& p : group->points) {
      if (!p.is_exact()) continue;
      squares += (p.low - group->at(p.x)) * (p.low - group->at(p.x));
      ++n;
    }
  }
  return squares > kSmallestSpread ? std::sqrt(squares / n) : kFirstSpread;
}

bool is_known(const CensoredPoint& p) {
  return std::isfinite(p.x) && p.low <= p.high && (std::isfinite(p.low) || std::isfinite(p.high));
}

}  // namespace

GroupLines censored_group_lines(std::span<const CensoredPoint> points) {
  std::map<std::int64_t, LineGroup> by_group;
  for (const CensoredPoint& p : points) {
    LineGroup& group = by_group[p.group];
    if (is_known(p)) group.points.push_back(p);
  }
  std::vector<LineGroup*> fitted;
  for (auto& [id, group] : by_group) {
    fit_exact(group);
    if (group.has_line()) fitted.push_back(&group);
  }
  GroupLines result;
  result.spread = spread_of_exact(fitted);
  bool settled = fitted.empty();
  for (int i = 0; i < kMostIterations && !settled; ++i) {
    double moved = 0;
    const double spread = improve_lines(fitted, result.spread, moved);
    settled = (moved < kSettled && std::abs(spread / result.spread - 1) < kSettled) || !(spread > kSmallestSpread);
    result.spread = spread;
  }
  if (!settled) result.spread = std::nan("");
  for (auto& [id, group] : by_group) {
    const auto n = static_cast<std::int64_t>(group.points.size());
    if (!settled && group.n_exact < n) group.slope = group.intercept = std::nan("");
    result.group.push_back(id);
    result.intercept.push_back(group.has_line() ? group.intercept : std::nan(""));
    result.slope.push_back(group.slope);
    result.n_exact.push_back(group.n_exact);
    result.n_censored.push_back(n - group.n_exact);
  }
  return result;
}

}  // namespace groklab
