// See estimate.h.
#include "groklab/analysis/estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/random.h"

namespace groklab {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) rank[order[i]] = 0.5 * static_cast<double>(begin + end - 1) + 1;
    begin = end;
  }
  return rank;
}

/// Points less their group's means; unusable ones left out.
struct Centred {
  std::vector<std::int64_t> group;
  std::vector<double> x, y;
  std::map<std::int64_t, std::int64_t> sizes;
  double xx = 0, xy = 0, yy = 0;

  /// Groups with two points or more: the others say nothing about a slope.
  std::int64_t telling() const {
    return std::count_if(sizes.begin(), sizes.end(), [](const auto& s) { return s.second > 1; });
  }
};

Centred centred_by_group(std::span<const std::int64_t> group, std::span<const double> x, std::span<const double> y) {
  Centred c;
  std::map<std::int64_t, std::pair<double, double>> sums;
  const auto usable = [&](std::size_t i) { return std::isfinite(x[i]) && std::isfinite(y[i]); };
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!usable(i)) continue;
    ++c.sizes[group[i]];
    sums[group[i]].first += x[i];
    sums[group[i]].second += y[i];
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!usable(i)) continue;
    const auto n = static_cast<double>(c.sizes.at(group[i]));
    const auto& [sum_x, sum_y] = sums.at(group[i]);
    const double dx = x[i] - sum_x / n, dy = y[i] - sum_y / n;
    c.group.push_back(group[i]);
    c.x.push_back(dx);
    c.y.push_back(dy);
    c.xx += dx * dx;
    c.xy += dx * dy;
    c.yy += dy * dy;
  }
  return c;
}

}  // namespace

Estimate mean_estimate(std::span<const double> values, double level) {
  double sum = 0;
  std::int64_t n = 0;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    sum += v;
    ++n;
  }
  if (n == 0) return {kNaN, kNaN, kNaN, 0};
  const double mean = sum / static_cast<double>(n);
  if (n == 1) return {mean, kNaN, kNaN, 1};
  double squares = 0;
  for (const double v : values) {
    if (std::isfinite(v)) squares += (v - mean) * (v - mean);
  }
  const auto freedom = static_cast<double>(n - 1);
  const double half =
      student_quantile(0.5 + 0.5 * level, freedom) * std::sqrt(squares / freedom / static_cast<double>(n));
  return {mean, mean - half, mean + half, n};
}

Estimate within_group_slope(std::span<const std::int64_t> group, std::span<const double> x, std::span<const double> y,
                            double level) {
  const Centred c = centred_by_group(group, x, y);
  if (!(c.xx > 0)) return {kNaN, kNaN, kNaN, 0};
  const double slope = c.xy / c.xx;
  const double freedom = static_cast<double>(c.x.size()) - static_cast<double>(c.sizes.size()) - 1;
  if (freedom < 1) return {slope, kNaN, kNaN, c.telling()};
  const double residual = std::max(0.0, c.yy - slope * c.xy);
  const double half = student_quantile(0.5 + 0.5 * level, freedom) * std::sqrt(residual / freedom / c.xx);
  return {slope, slope - half, slope + half, c.telling()};
}

Estimate clustered_slope(std::span<const std::int64_t> group, std::span<const double> x, std::span<const double> y,
                         double level) {
  const Centred c = centred_by_group(group, x, y);
  if (!(c.xx > 0)) return {kNaN, kNaN, kNaN, 0};
  const double slope = c.xy / c.xx, groups = static_cast<double>(c.telling());
  if (groups < 2) return {slope, kNaN, kNaN, c.telling()};
  std::map<std::int64_t, double> scores;
  for (std::size_t i = 0; i < c.x.size(); ++i) scores[c.group[i]] += c.x[i] * (c.y[i] - slope * c.x[i]);
  double squares = 0;
  for (const auto& [key, score] : scores) squares += score * score;
  const double error = std::sqrt(groups / (groups - 1) * squares) / c.xx;
  const double half = student_quantile(0.5 + 0.5 * level, groups - 1) * error;
  return {slope, slope - half, slope + half, c.telling()};
}

Estimate exponential(const Estimate& logs) {
  return {std::exp(logs.value), std::exp(logs.low), std::exp(logs.high), logs.n};
}

Estimate shifted(const Estimate& estimate, double by) {
  return {estimate.value + by, estimate.low + by, estimate.high + by, estimate.n};
}

Estimate wilson_estimate(std::int64_t successes, std::int64_t n, double level) {
  if (n <= 0) return {kNaN, kNaN, kNaN, 0};
  const double z = normal_quantile(0.5 + 0.5 * level);
  const auto count = static_cast<double>(n);
  const double p = static_cast<double>(successes) / count;
  const double scale = 1 + z * z / count;
  const double centre = (p + z * z / (2 * count)) / scale;
  const double half = z / scale * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count));
  return {p, std::max(0.0, centre - half), std::min(1.0, centre + half), n};
}

Estimate bootstrap(std::int64_t n, const std::function<double(std::span<const std::size_t>)>& statistic, double level,
                   int resamples) {
  if (n <= 0) return {kNaN, kNaN, kNaN, 0};
  std::vector<std::size_t> indices(static_cast<std::size_t>(n));
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  const double value = statistic(indices);
  RandomStream stream(0, StreamPurpose::kBootstrap);
  std::vector<double> values;
  for (int i = 0; i < resamples; ++i) {
    for (std::size_t& index : indices)
      index = static_cast<std::size_t>(stream.next_below(static_cast<std::uint64_t>(n)));
    const double v = statistic(indices);
    if (std::isfinite(v)) values.push_back(v);
  }
  if (n < 2 || values.empty()) return {value, kNaN, kNaN, n};
  return {value, quantile(values, 0.5 - 0.5 * level), quantile(values, 0.5 + 0.5 * level), n};
}

double quantile(std::span<const double> values, double p) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile_of_sorted(sorted, p);
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  if (sorted.empty()) return kNaN;
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double median_of(std::span<const double> values) { return quantile(values, 0.5); }

Estimate median_estimate(std::span<const double> values, double level) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return !std::isnan(v); });
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<std::int64_t>(sorted.size());
  const double none = std::numeric_limits<double>::quiet_NaN();
  Estimate e{median_of(sorted), none, none, n};
  // 2 P(fewer than k of n values lie below the median), summed up while it leaves the level.
  double tail = 0, term = std::pow(0.5, static_cast<double>(n));
  for (std::int64_t k = 1; 2 * k <= n; ++k) {
    tail += 2 * term;
    if (tail > 1 - level) break;
    e.low = sorted[static_cast<std::size_t>(k - 1)];
    e.high = sorted[static_cast<std::size_t>(n - k)];
    term *= static_cast<double>(n - k + 1) / static_cast<double>(k);
  }
  return e;
}

double spearman(std::span<const double> x, std::span<const double> y) {
  require(x.size() == y.size(), "spearman needs pairs");
  std::vector<double> known_x, known_y;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    known_x.push_back(x[i]);
    known_y.push_back(y[i]);
  }
  if (known_x.size() < 3) return kNaN;
  const std::vector<double> a = ranks(known_x), b = ranks(known_y);
  const double mean = 0.5 * static_cast<double>(known_x.size() + 1);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean) * (b[i] - mean);
    aa += (a[i] - mean) * (a[i] - mean);
    bb += (b[i] - mean) * (b[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : kNaN;
}

}  // namespace groklab
