// See censored_means.h.
#include "groklab/analysis/censored_means.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "groklab/analysis/truncated_normal.h"

namespace groklab {
namespace {

constexpr int kMaxIterations = 2000;
constexpr double kConverged = 1e-10;  // relative to the spread

struct Group {
  std::vector<CensoredValue> values;
  double mean = 0;
};

bool is_known(const CensoredValue& v) { return v.low <= v.high && (std::isfinite(v.low) || std::isfinite(v.high)); }

/// Whether the likelihood has a maximum at a finite mean.
bool has_mean(const std::vector<CensoredValue>& values) {
  bool above = false, below = false;
  for (const CensoredValue& v : values) {
    above = above || std::isfinite(v.low);
    below = below || std::isfinite(v.high);
  }
  return above && below;
}

double start_of(const std::vector<CensoredValue>& values) {
  double sum = 0;
  for (const CensoredValue& v : values) {
    sum += !std::isfinite(v.low) ? v.high : !std::isfinite(v.high) ? v.low : 0.5 * (v.low + v.high);
  }
  return sum / static_cast<double>(values.size());
}

/// One step of expectation and maximisation: new means, and the new spread.
double improve(std::vector<Group*>& groups, double spread, double& moved) {
  double squares = 0, weight = 0;
  moved = 0;
  for (Group* group : groups) {
    double sum = 0, square = 0;
    const auto n = static_cast<double>(group->values.size());
    for (const CensoredValue& v : group->values) {
      NormalMoments m;
      if (v.is_exact()) {
        m.first = (v.low - group->mean) / spread;
        m.second = m.first * m.first;
      } else {
        m = truncated_moments((v.low - group->mean) / spread, (v.high - group->mean) / spread);
      }
      sum += m.first;
      square += m.second;
    }
    const double shift = sum / n;  // in units of the spread
    group->mean += spread * shift;
    moved = std::max(moved, std::abs(shift));
    squares += square - n * shift * shift;
    weight += n - 1;  // as many degrees as values less one a group: the spread's usual estimate where all are exact
  }
  return weight > 0 ? spread * std::sqrt(std::max(squares / weight, 0.0)) : 0;
}

double first_spread(const std::vector<Group*>& groups) {
  double squares = 0, n = 0;
  for (const Group* group : groups) {
    for (const CensoredValue& v : group->values) {
      if (!v.is_exact()) continue;
      squares += (v.low - group->mean) * (v.low - group->mean);
      ++n;
    }
  }
  return n > 0 && squares > 0 ? std::sqrt(squares / n) : 0.1;  // any start will do: 10 % of a size
}

}  // namespace

CensoredValue exact_value(std::int64_t group, double value) {
  return std::isfinite(value) ? CensoredValue{group, value, value} : CensoredValue{group};
}

CensoredValue difference(const CensoredValue& a, const CensoredValue& b) {
  CensoredValue d{a.group, a.low - b.high, a.high - b.low};
  if (std::isnan(d.low)) d.low = -std::numeric_limits<double>::infinity();
  if (std::isnan(d.high)) d.high = std::numeric_limits<double>::infinity();
  return d;
}

GroupMeans censored_group_means(std::span<const CensoredValue> values) {
  std::map<std::int64_t, Group> by_group;
  for (const CensoredValue& v : values) {
    Group& group = by_group[v.group];
    if (is_known(v)) group.values.push_back(v);
  }
  std::vector<Group*> fitted;
  for (auto& [id, group] : by_group) {
    if (!has_mean(group.values)) {
      group.mean = std::nan("");
      continue;
    }
    group.mean = start_of(group.values);
    fitted.push_back(&group);
  }
  GroupMeans result;
  result.spread = first_spread(fitted);
  bool converged = fitted.empty();
  for (int i = 0; i < kMaxIterations && !converged; ++i) {
    double moved = 0;
    const double spread = improve(fitted, result.spread, moved);
    converged = (moved < kConverged && std::abs(spread / result.spread - 1) < kConverged) || !(spread > 1e-12);
    result.spread = spread;
  }
  // Where nearly all values are bounds on one side, means and spread grow together without end.
  if (!converged) {
    result.spread = std::nan("");
    for (Group* group : fitted) {
      const bool all_exact =
          std::all_of(group->values.begin(), group->values.end(), [](const auto& v) { return v.is_exact(); });
      if (!all_exact) group->mean = std::nan("");
    }
  }
  for (const auto& [id, group] : by_group) {
    result.group.push_back(id);
    result.mean.push_back(group.mean);
    const auto n_exact =
        std::count_if(group.values.begin(), group.values.end(), [](const auto& v) { return v.is_exact(); });
    result.n_exact.push_back(n_exact);
    result.n_censored.push_back(static_cast<std::int64_t>(group.values.size()) - n_exact);
  }
  return result;
}

}  // namespace groklab
