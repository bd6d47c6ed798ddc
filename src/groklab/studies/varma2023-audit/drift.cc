// See drift.h.
#include "groklab/studies/varma2023-audit/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "groklab/lab/mixed_start.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/dcrit_summary.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023_audit {
namespace {

using varma2023::RestingState;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Shares beyond 1 and 99 % are as good as pure: which of them it is says nothing more about the drift.
constexpr double kPure = 0.01;

double log_rho(const Record& record) {
  const double share = record.never_seen.correct_logit_centred / record.train.correct_logit_centred;
  if (!std::isfinite(share)) return kUnknown;
  const double within = std::clamp(share, kPure, 1 - kPure);
  return std::log(within / (1 - within));
}

/// At the last record at or before `step`.
double log_rho_at(const std::vector<Record>& records, std::int64_t step) {
  double value = kUnknown;
  for (const Record& record : records) {
    if (record.step <= step) value = log_rho(record);
  }
  return value;
}

/// Mean drift of a seed's mixed starts on `rows`; NaN without one.
double drift_at(const DriftMeasurement& m, std::int64_t seed, std::int64_t rows) {
  double sum = 0, n = 0;
  for (const DriftFork& fork : m.forks) {
    const double drift = fork.end - fork.settled;
    if (fork.seed != seed || fork.rows != rows || !std::isfinite(drift)) continue;
    if (!(std::abs(fork.start) <= std::log(kMixedWithin))) continue;
    sum += drift;
    ++n;
  }
  return n > 0 ? sum / n : kUnknown;
}

double log_rows(std::int64_t rows) { return std::log(static_cast<double>(rows)); }

/// The other definitions of the same seeds, as claim dcrit has them, and whether ln D lies in their bracket.
varma2023::DcritSummary other_definitions(const DriftMeasurement& m) {
  varma2023::DcritMeasurement d;
  d.sizes.seeds = m.sizes.seeds;
  varma2023::DcritNetwork& n = d.sizes.networks.emplace_back();
  n.network = m.sizes.network;
  n.rows = m.sizes.resting_rows;
  d.networks.push_back({m.general, m.memorising, {}, {}});
  return varma2023::summarise_dcrit(d);
}

struct DriftEffects {
  Estimate zero, by_objectives, by_composition, bracket;
  std::int64_t n_censored = 0;
};
DriftEffects drift_effects(const DriftMeasurement& m) {
  const varma2023::DcritSummary other = other_definitions(m);
  std::vector<double> zeros, by_objectives, by_composition, inside;
  const std::vector<std::int64_t> seeds = m.sizes.seeds.all();
  DriftEffects e;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const CensoredValue zero = zero_drift(m, seeds[i]);
    e.n_censored += zero.is_exact() ? 0 : 1;
    zeros.push_back(zero.exact_or_nan());
    by_objectives.push_back(zeros.back() - other.by_branches[i].exact_or_nan());
    by_composition.push_back(zeros.back() - other.by_composition[i].exact_or_nan());
    inside.push_back(zero.is_exact() ? varma2023::is_in_bracket(m.general, m.memorising, seeds[i], zeros.back()) ? 1 : 0
                                     : kUnknown);
  }
  e.zero = exponential(mean_estimate(zeros));
  e.by_objectives = mean_estimate(by_objectives, kEquivalenceLevel);
  e.by_composition = mean_estimate(by_composition, kEquivalenceLevel);
  e.bracket = mean_estimate(inside);
  return e;
}

}  // namespace

CensoredValue zero_drift(const DriftMeasurement& m, std::int64_t seed) {
  std::vector<double> x, y;
  for (const std::int64_t rows : m.sizes.rows) {
    const double drift = drift_at(m, seed, rows);
    if (!std::isfinite(drift)) continue;
    x.push_back(log_rows(rows));
    y.push_back(drift);
  }
  if (x.size() < 2) return {0};
  std::vector<std::size_t> turns;
  for (std::size_t i = 1; i < x.size(); ++i) {
    if ((y[i - 1] < 0) != (y[i] < 0)) turns.push_back(i);
  }
  if (turns.empty())
    return y.front() < 0 ? CensoredValue{0, x.back(), kInfinity} : CensoredValue{0, -kInfinity, x.front()};
  if (turns.size() > 1 || y.front() >= 0) return {0};
  const std::size_t i = turns.front();
  return exact_value(0, x[i - 1] + (x[i] - x[i - 1]) * y[i - 1] / (y[i - 1] - y[i]));
}

std::string complaint(const DriftSizes& s) {
  if (s.mixed_steps.empty()) return "expected a step at least at which forks are taken";
  for (const auto* rows : {&s.rows, &s.resting_rows}) {
    if (const std::string fault = rows_complaint(*rows, s.network.rows); !fault.empty()) return fault;
  }
  return s.settle_steps < s.steps && s.rows.back() <= s.mixed_rows
             ? ""
             : "expected settle_steps below steps, and rows up to mixed_rows";
}

DriftSizes drift_sizes(const Scale& scale) {
  using varma2023::by_scale;
  DriftSizes s;
  s.network = modular_network(23, 32);
  s.seeds = varma2023::seeds_of(scale, by_scale<std::int64_t>(scale, 2, 4, 10, 10), 8000);
  s.mixed_rows = 260;
  s.mixed_steps = {2000, 4000, 6000, 8000, 11000, 16000};
  s.rows = {75, 95, 120, 150, 190, 240};
  // In units of 1 / (learning rate x weight decay) 2 and 12: after a pilot's (seeds 3 and 5) first 2 the share of the
  // generalising circuit has fallen at every size, and then rises or falls steadily.
  s.settle_steps = by_scale<std::int64_t>(scale, 500, 2000, 2000, 2000);
  s.steps = by_scale<std::int64_t>(scale, 1500, 12000, 12000, 12000);
  s.parent_rows = 434;
  s.parent_steps = by_scale<std::int64_t>(scale, 1500, 5000, 5000, 5000);
  s.resting_rows = {70, 90, 115, 150};
  s.relaxation = varma2023::relaxation_around(scale, 105);
  if (scale.name != "smoke") s.relaxation.steps = 20000;
  if (scale.name == "smoke") {
    s.mixed_steps = {500, 1000};
    s.rows = {75, 240};
    s.resting_rows = {70, 150};
  }
  return s;
}

DriftRuns plan(SweepPlan& plan, const DriftSizes& s) {
  DriftRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const std::int64_t start : s.mixed_steps) {
      // One trajectory, cut at several steps: the learning rate is constant.
      const RunIndex parent = varma2023::converged_run(plan, {.converged = start}, s.network, seed, s.mixed_rows, 1);
      for (const std::int64_t rows : s.rows) {
        const RunIndex fork =
            plan.add_fork(parent, {fmt::format("split.train_size={}", rows), fmt::format("train.steps={}", s.steps),
                                   fmt::format("train.evaluate_every={}", s.settle_steps),
                                   "train.evaluate_per_decade=0", "train.checkpoint_per_decade=0"});
        runs.forks.push_back({parent, fork, seed, start, rows});
      }
    }
    const RunIndex general =
        varma2023::converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, 1);
    for (const std::int64_t rows : s.resting_rows) {
      runs.general.push_back({varma2023::relaxed_fork(plan, s.relaxation, general, rows), seed, rows, 1});
      runs.memorising.push_back({varma2023::relaxed_run(plan, s.relaxation, s.network, seed, rows), seed, rows, 1});
    }
  }
  return runs;
}

DriftMeasurement measure(const RunResults& results, const DriftSizes& sizes, const DriftRuns& runs) {
  DriftMeasurement m{sizes, {}, {}, {}};
  for (const DriftRuns::Fork& fork : runs.forks) {
    DriftFork f{fork.seed, fork.start_step, fork.rows, kUnknown, kUnknown, kUnknown};
    if (results.has(fork.parent)) f.start = log_rho(results.last(fork.parent));
    if (results.has(fork.run)) {
      f.settled = log_rho_at(results.records(fork.run), sizes.settle_steps);
      f.end = log_rho_at(results.records(fork.run), sizes.steps);
    }
    m.forks.push_back(f);
  }
  m.general = varma2023::resting_states(results, runs.general);
  m.memorising = varma2023::resting_states(results, runs.memorising);
  return m;
}

Judgement judge(const DriftMeasurement& m) {
  const DriftEffects e = drift_effects(m);
  Judgement result;
  result.tests = {
      varma2023::within_ten_per_cent("ln(D of zero drift / D of equal objectives), same seeds", e.by_objectives, true),
      varma2023::within_ten_per_cent(
          "ln(D of zero drift / D at rho = 1 in forks of networks that generalise), same seeds", e.by_composition,
          true),
      {"fraction of seeds whose D of zero drift lies between ungrokking and generalising from scratch",
       fmt::format("above {}: both states are at rest on either side of it", varma2023::kInBracket), e.bracket,
       must_be_above(varma2023::kInBracket)}};
  result.n_seeds = m.sizes.seeds.count;
  result.n_censored = e.n_censored;
  result.censoring = "seeds without a mixed start, or whose drift has no single zero within the sizes";
  result.ours = fmt::format(
      "no drift at D = {:.0f} ({:.0f} to {:.0f}): {:.2f} times that of equal objectives, {:.2f} times that of rho = 1",
      e.zero.value, e.zero.low, e.zero.high, std::exp(e.by_objectives.value), std::exp(e.by_composition.value));
  if (const std::int64_t restless = varma2023::count_restless(m.general) + varma2023::count_restless(m.memorising);
      restless > 0) {
    result.notes.push_back(
        fmt::format("{} runs of the other definitions did not come to rest and are left out.", restless));
  }
  result.data["zero_drift"] = {e.zero.value, e.zero.low, e.zero.high};
  return result;
}

std::vector<report::Chart> figures(const DriftMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (const std::int64_t seed : m.sizes.seeds.all()) {
    for (const std::int64_t rows : m.sizes.rows) {
      const double drift = drift_at(m, seed, rows);
      if (std::isfinite(drift)) {
        points.push_back({"mixed starts", static_cast<double>(rows), drift, fmt::format("{}", seed)});
      }
    }
  }
  const DriftEffects e = drift_effects(m);
  return {report::make_xy_chart(
      points,
      {.id = "audit-drift",
       .title = "Which circuit gains from equal shares",
       .caption = fmt::format("Change of ln rho from step {} to {} after a network with both circuits in about equal "
                              "shares was put on D' rows; a line is a seed, the mean of its mixed starts. Above 0 "
                              "the generalising circuit gains. The zero lies at {:.0f} rows ({:.0f} to {:.0f}).",
                              m.sizes.settle_steps, m.sizes.steps, e.zero.value, e.zero.low, e.zero.high),
       .x_title = "rows kept D'",
       .y_title = "drift of ln rho",
       .log_x = true,
       .rules = {{e.zero.value, "no drift"}}})};
}

Claim claim_mixed_drift() {
  return make_claim<DriftSizes, DriftRuns, DriftMeasurement>(
      {.id = "mixed-drift",
       .title = "From equal shares, D_crit decides which circuit gains",
       .statement = "A network that holds both circuits in equal shares moves to the generalising one above D_crit and "
                    "to the memorising one below, and neither way at D_crit itself.",
       .paper = "No number: the more efficient circuit takes over under weight decay",
       .sizes = drift_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023_audit
