// See balance.h.
#include "groklab/probe/balance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// What the rows of one group say of each orbit. The unit is the row: cells of one row in one orbit are averaged first.
struct OrbitMeans {
  std::vector<double> mean;        ///< [orbits]
  std::vector<double> variance;    ///< [orbits] of a row about the mean; NaN below two rows
  std::vector<std::int64_t> rows;  ///< [orbits]
};

class Table {
 public:
  Table(const SymmetryOrbits& orbits, const Task& task, const Split& split, std::span<const double> logits)
      : orbits_(orbits), task_(task), split_(split), centred_(logits.begin(), logits.end()) {
    const auto classes = static_cast<std::size_t>(orbits.n_classes);
    for (std::size_t at = 0; at < centred_.size(); at += classes) {
      double mean = 0;
      for (std::size_t c = 0; c < classes; ++c) mean += centred_[at + c];
      mean /= static_cast<double>(classes);
      for (std::size_t c = 0; c < classes; ++c) centred_[at + c] -= mean;
    }
  }

  bool trained(std::int64_t row) const { return split_.role[static_cast<std::size_t>(row)] == RowRole::kTrain; }
  double logit(std::int64_t row, std::int32_t c) const { return centred_[cell(row, c)]; }
  std::size_t orbit(std::int64_t row, std::int32_t c) const {
    return static_cast<std::size_t>(orbits_.orbit[cell(row, c)]);
  }
  std::size_t count() const { return static_cast<std::size_t>(orbits_.count); }
  const Task& task() const { return task_; }

  /// Calls visit(orbit, mean of the row's cells in it) for each orbit that the row has a part in.
  template <typename Visit>
  void visit_orbits(std::int64_t row, Visit&& visit) {
    sum_.resize(count());
    cells_.resize(count());
    for (std::int32_t c = 0; c < orbits_.n_classes; ++c) {
      sum_[orbit(row, c)] += logit(row, c);
      ++cells_[orbit(row, c)];
    }
    for (std::int32_t c = 0; c < orbits_.n_classes; ++c) {
      const std::size_t o = orbit(row, c);
      if (cells_[o] == 0) continue;  // visited
      visit(o, sum_[o] / static_cast<double>(cells_[o]));
      sum_[o] = 0;
      cells_[o] = 0;
    }
  }

  OrbitMeans means(bool of_trained) {
    OrbitMeans m{std::vector<double>(count()), std::vector<double>(count()), std::vector<std::int64_t>(count())};
    for_rows(of_trained, [&](std::size_t o, double value) {
      ++m.rows[o];
      m.mean[o] += value;
    });
    for (std::size_t o = 0; o < count(); ++o) m.mean[o] /= static_cast<double>(m.rows[o]);
    for_rows(of_trained, [&](std::size_t o, double value) { m.variance[o] += std::pow(value - m.mean[o], 2); });
    for (std::size_t o = 0; o < count(); ++o) {
      m.variance[o] = m.rows[o] > 1 ? m.variance[o] / static_cast<double>(m.rows[o] - 1) : kNone;
    }
    return m;
  }

 private:
  std::size_t cell(std::int64_t row, std::int32_t c) const {
    return static_cast<std::size_t>(row * orbits_.n_classes + c);
  }
  template <typename Visit>
  void for_rows(bool of_trained, Visit&& visit) {
    for (std::int64_t row = 0; row < task_.n_rows; ++row) {
      if (trained(row) == of_trained) visit_orbits(row, visit);
    }
  }

  const SymmetryOrbits& orbits_;
  const Task& task_;
  const Split& split_;
  std::vector<double> centred_;
  std::vector<double> sum_;
  std::vector<std::int64_t> cells_;
};

/// How often each orbit holds a label: `general` of test labels over all rows, `trained` of the labels of training
/// rows, both as fractions of their rows.
struct LabelWeights {
  std::vector<double> general, trained;
};

LabelWeights label_weights(const Table& table, std::int64_t train_rows) {
  LabelWeights w{std::vector<double>(table.count()), std::vector<double>(table.count())};
  const Task& task = table.task();
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    w.general[table.orbit(row, task.test_labels[i])] += 1.0 / static_cast<double>(task.n_rows);
    if (table.trained(row)) w.trained[table.orbit(row, task.labels[i])] += 1.0 / static_cast<double>(train_rows);
  }
  return w;
}

/// Why there is no balance; "" if there is. Drops orbits with too few rows from the weights and evens out the rest.
std::string undefined_reason(const OrbitMeans& test, LabelWeights& weights) {
  double cover = 0;
  for (std::size_t o = 0; o < weights.general.size(); ++o) {
    if (test.rows[o] < kLeastOrbitRows) weights.general[o] = 0;
    cover += weights.general[o];
  }
  if (cover < kLeastOrbitCover) {
    return fmt::format("orbits with {} test rows or more hold {:.0f} % of the rows, expected {:.0f} %", kLeastOrbitRows,
                       100 * cover, 100 * kLeastOrbitCover);
  }
  for (double& weight : weights.general) weight /= cover;
  return "";
}

/// M of each training row whose label lies in an orbit with enough test rows.
std::vector<double> memorised_rows(const Table& table, const OrbitMeans& test, LabelWeights& weights) {
  std::vector<double> rows;
  std::fill(weights.trained.begin(), weights.trained.end(), 0.0);
  for (std::int64_t row = 0; row < table.task().n_rows; ++row) {
    if (!table.trained(row)) continue;
    const std::int32_t label = table.task().labels[static_cast<std::size_t>(row)];
    const std::size_t o = table.orbit(row, label);
    if (test.rows[o] < kLeastOrbitRows) continue;
    rows.push_back(table.logit(row, label) - test.mean[o]);
    weights.trained[o] += 1;
  }
  for (double& weight : weights.trained) weight /= static_cast<double>(rows.size());
  return rows;
}

/// Second moments of G's error and of what it does to M: over test rows, of the weighted sums of each row's distances
/// from its orbits' means.
struct Spread {
  double general = 0, trained = 0, both = 0;
};

Spread test_spread(Table& table, const OrbitMeans& test, const LabelWeights& weights) {
  Spread spread;
  for (std::int64_t row = 0; row < table.task().n_rows; ++row) {
    if (table.trained(row)) continue;
    double general = 0, trained = 0;
    table.visit_orbits(row, [&](std::size_t o, double value) {
      if (test.rows[o] < kLeastOrbitRows) return;
      const auto n = static_cast<double>(test.rows[o]);
      const double pull = (value - test.mean[o]) / n * std::sqrt(n / (n - 1));
      general += weights.general[o] * pull;
      trained += weights.trained[o] * pull;
    });
    spread.general += general * general;
    spread.trained += trained * trained;
    spread.both += general * trained;
  }
  return spread;
}

/// Sums over the cells of all orbits with enough rows, the squares of the means' own errors taken off.
void add_squares(const SymmetryOrbits& orbits, const OrbitMeans& test, const OrbitMeans& train, BalanceMetrics& m) {
  double cells = 0;
  m.general_square = m.memorised_square = 0;
  for (std::size_t o = 0; o < test.rows.size(); ++o) {
    if (test.rows[o] < kLeastOrbitRows || train.rows[o] < kLeastOrbitRows) continue;
    const auto size = static_cast<double>(orbits.size[o]);
    const double of_test = test.variance[o] / static_cast<double>(test.rows[o]);
    const double of_train = train.variance[o] / static_cast<double>(train.rows[o]);
    const double more = train.mean[o] - test.mean[o];
    m.general_square += size * (test.mean[o] * test.mean[o] - of_test);
    m.memorised_square += size * (more * more - of_test - of_train);
    cells += size;
  }
  const double rows = cells / static_cast<double>(orbits.n_classes);
  m.general_square = cells > 0 ? m.general_square / rows : kNone;
  m.memorised_square = cells > 0 ? m.memorised_square / rows : kNone;
}

BalanceMetrics no_balance(std::string reason) {
  BalanceMetrics m;
  m.general = m.general_error = m.memorised = m.memorised_error = kNone;
  m.ratio = m.ratio_low = m.ratio_high = m.general_square = m.memorised_square = kNone;
  m.undefined = std::move(reason);
  return m;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

RatioInterval fieller_interval(double a, double b, double variance_a, double variance_b, double covariance,
                               double errors) {
  const double t2 = errors * errors;
  // (a - r b)^2 <= t^2 (V_a - 2 r C + r^2 V_b), as q r^2 - 2 h r + s <= 0.
  const double q = b * b - t2 * variance_b, h = a * b - t2 * covariance, s = a * a - t2 * variance_a;
  const double root = std::sqrt(std::max(0.0, h * h - q * s));
  if (q > 0) return {(h - root) / q, (h + root) / q};
  if (!(s > 0)) return {kNone, kNone};
  // One root on either side of 0, as s > 0 >= q; (h -+ root) / q without its cancellation, for q near 0.
  if (a > 0) return {s / (h + root), kNone};
  return {kNone, s / (h - root)};
}

BalanceMetrics measure_balance(const SymmetryOrbits& orbits, const Task& task, const Split& split,
                               std::span<const double> logits) {
  require(logits.size() == orbits.orbit.size(), "measure_balance needs the logits of all rows");
  const auto n_train = static_cast<std::int64_t>(split.train.size());
  if (n_train == task.n_rows) return no_balance("all rows are trained on");
  Table table(orbits, task, split, logits);
  const OrbitMeans test = table.means(false), train = table.means(true);
  LabelWeights weights = label_weights(table, n_train);
  if (std::string reason = undefined_reason(test, weights); !reason.empty()) return no_balance(reason);
  const std::vector<double> rows = memorised_rows(table, test, weights);
  if (static_cast<std::int64_t>(rows.size()) < kLeastOrbitRows) {
    return no_balance(fmt::format("{} training rows, expected {}", rows.size(), kLeastOrbitRows));
  }
  BalanceMetrics m;
  m.general = 0;
  for (std::size_t o = 0; o < weights.general.size(); ++o) {
    if (weights.general[o] > 0) m.general += weights.general[o] * test.mean[o];
  }
  m.memorised = mean_of(rows);
  double squares = 0;
  for (const double row : rows) squares += (row - m.memorised) * (row - m.memorised);
  const auto n = static_cast<double>(rows.size());
  const Spread spread = test_spread(table, test, weights);
  const double variance = squares / (n - 1) / n + spread.trained;
  m.general_error = std::sqrt(spread.general);
  m.memorised_error = std::sqrt(variance);
  m.ratio = m.memorised > 0 ? m.general / m.memorised : kNone;
  const RatioInterval bounds = fieller_interval(m.general, m.memorised, spread.general, variance, -spread.both);
  m.ratio_low = bounds.low;
  m.ratio_high = bounds.high;
  add_squares(orbits, test, train, m);
  return m;
}

}  // namespace groklab
