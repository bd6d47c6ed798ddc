// See forgetting.h.
#include "groklab/studies/varma2023-audit/forgetting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023_audit {
namespace {

const ForkCurve* find_fork(const ForgettingMeasurement& m, std::int64_t seed, ForkKind kind) {
  for (const ForkCurve& fork : m.forks) {
    if (fork.seed == seed && fork.kind == fork_kind_name(kind)) return &fork;
  }
  return nullptr;
}

/// Accuracy on removed rows less that on rows never seen, at the fork's start or its end; NaN for an end that moves.
double stored_at(const ForgettingMeasurement& m, std::int64_t seed, ForkKind kind, bool end, bool must_rest) {
  const ForkCurve* fork = find_fork(m, seed, kind);
  if (fork == nullptr || (must_rest && !fork->stationary)) return std::nan("");
  return end ? fork->removed_accuracy.back() - fork->never_seen_accuracy.back()
             : fork->removed_accuracy.front() - fork->never_seen_accuracy.front();
}

/// Fraction of the accuracy on rows never seen that is gone at the end.
double lost(const ForgettingMeasurement& m, std::int64_t seed, ForkKind kind, bool must_rest) {
  const ForkCurve* fork = find_fork(m, seed, kind);
  if (fork == nullptr || (must_rest && !fork->stationary)) return std::nan("");
  return 1 - fork->never_seen_accuracy.back() / fork->never_seen_accuracy.front();
}

struct ForgettingEffects {
  Estimate stored, stored_after, stored_free, changed_free, few_free, few, changed;
};
ForgettingEffects forgetting_effects(const ForgettingMeasurement& m) {
  const auto seeds = [&](const std::function<double(std::int64_t)>& value, double level = 0.95) {
    return mean_estimate(per_seed(m.sizes.seeds, value), level);
  };
  using enum ForkKind;
  return {seeds([&](std::int64_t seed) { return stored_at(m, seed, kStored, false, false); }),
          seeds([&](std::int64_t seed) { return stored_at(m, seed, kStored, true, true); }, kEquivalenceLevel),
          seeds([&](std::int64_t seed) { return stored_at(m, seed, kStoredFree, true, false); }),
          seeds([&](std::int64_t seed) { return lost(m, seed, kChangedFree, false); }),
          seeds([&](std::int64_t seed) { return lost(m, seed, kFewRowsFree, false); }),
          seeds([&](std::int64_t seed) { return lost(m, seed, kFewRows, true); }),
          seeds([&](std::int64_t seed) { return lost(m, seed, kChanged, false); })};
}

/// Without the state before training where the first evaluation comes late: a line to it would say when it fell.
constexpr std::int64_t kLateEvaluation = 100;

void add_curves(std::vector<report::XyPoint>& points, const ForgettingMeasurement& m, ForkKind kind,
                const std::string& name, std::vector<double> ForkCurve::*accuracy) {
  for (const ForkCurve& fork : m.forks) {
    if (fork.kind != fork_kind_name(kind)) continue;
    const bool is_late = fork.step.size() > 1 && fork.step[1] > kLateEvaluation;
    for (std::size_t i = is_late ? 1 : 0; i < fork.step.size(); ++i) {
      points.push_back({name, static_cast<double>(fork.step[i]), (fork.*accuracy)[i], fmt::format("{}", fork.seed)});
    }
  }
}

}  // namespace

const char* fork_kind_name(ForkKind kind) {
  switch (kind) {
    case ForkKind::kStored:
      return "stored rows, weight decay";
    case ForkKind::kStoredFree:
      return "stored rows, no decay";
    case ForkKind::kChanged:
      return "changed labels, weight decay";
    case ForkKind::kChangedFree:
      return "changed labels, no decay";
    case ForkKind::kFewRows:
      return "fewer rows, weight decay";
    case ForkKind::kFewRowsFree:
      break;
  }
  return "fewer rows, no decay";
}

std::string complaint(const ForgettingSizes& s) {
  if (s.few_rows < 1 || s.few_rows >= s.kept_rows || s.kept_rows >= s.parent_rows) {
    return "expected 1 <= few_rows < kept_rows < parent_rows";
  }
  return s.parent_rows < s.network.rows ? "" : "expected rows that the parent never sees";
}

std::string complaint(const ForkCurve& c) {
  const std::size_t n = c.step.size();
  return n > 0 && c.removed_accuracy.size() == n && c.never_seen_accuracy.size() == n
             ? ""
             : "expected as many accuracies as steps, one at least";
}

ForgettingSizes forgetting_sizes(const Scale& scale) {
  using varma2023::by_scale;
  ForgettingSizes s;
  s.network = modular_network(23, 32);
  s.seeds = varma2023::seeds_of(scale, by_scale<std::int64_t>(scale, 2, 5, 10, 10), 8000);
  s.parent_rows = 434;
  s.parent_steps = by_scale<std::int64_t>(scale, 1500, 12000, 12000, 12000);
  s.wrong_labels = 0.1;
  s.kept_rows = 300;
  s.changed_labels = 0.5;
  s.few_rows = 60;
  s.fork_steps = by_scale<std::int64_t>(scale, 500, 4000, 4000, 4000);
  s.relaxation = varma2023::relaxation_around(scale, 105);
  if (scale.name != "smoke") s.relaxation.steps = 20000;
  return s;
}

ForgettingRuns plan(SweepPlan& plan, const ForgettingSizes& s) {
  using varma2023::relaxed_fork;
  ForgettingRuns runs;
  const varma2023::Budgets budgets{.converged = s.parent_steps, .ungrok = s.fork_steps};
  for (const std::int64_t seed : s.seeds.all()) {
    TaskNetwork wrong = s.network;
    wrong.task.labels = LabelKind::kCorrupted;
    wrong.task.corrupted_fraction = s.wrong_labels;
    const RunIndex storing = varma2023::converged_run(plan, budgets, wrong, seed, s.parent_rows, 1);
    const RunIndex general = varma2023::converged_run(plan, budgets, s.network, seed, s.parent_rows, 1);
    const std::vector<std::string> changed = {"task.labels=corrupted",
                                              fmt::format("task.corrupted_fraction={}", s.changed_labels)};
    const auto brief = [&](RunIndex parent, std::int64_t rows, double decay,
                           const std::vector<std::string>& keys = {}) {
      return varma2023::fork_of(plan, budgets, parent, rows, decay, s.fork_steps, keys);
    };
    runs.forks.push_back({relaxed_fork(plan, s.relaxation, storing, s.kept_rows), seed, ForkKind::kStored});
    runs.forks.push_back({brief(storing, s.kept_rows, 0), seed, ForkKind::kStoredFree});
    runs.forks.push_back({brief(general, s.parent_rows, 1, changed), seed, ForkKind::kChanged});
    runs.forks.push_back({brief(general, s.parent_rows, 0, changed), seed, ForkKind::kChangedFree});
    runs.forks.push_back({relaxed_fork(plan, s.relaxation, general, s.few_rows), seed, ForkKind::kFewRows});
    runs.forks.push_back({brief(general, s.few_rows, 0), seed, ForkKind::kFewRowsFree});
  }
  return runs;
}

ForgettingMeasurement measure(const RunResults& results, const ForgettingSizes& sizes, const ForgettingRuns& runs) {
  ForgettingMeasurement m{sizes, {}};
  for (const ForgettingRuns::Fork& fork : runs.forks) {
    if (!results.has(fork.run)) continue;
    ForkCurve& curve = m.forks.emplace_back();
    curve.seed = fork.seed;
    curve.kind = fork_kind_name(fork.kind);
    curve.stationary = results.stationarity(fork.run).stationary;
    for (const Record& record : results.records(fork.run)) {
      curve.step.push_back(record.step);
      curve.removed_accuracy.push_back(record.removed.accuracy);
      curve.never_seen_accuracy.push_back(record.never_seen.accuracy);
    }
  }
  return m;
}

Judgement judge(const ForgettingMeasurement& m) {
  const ForgettingEffects e = forgetting_effects(m);
  Judgement result;
  result.tests = {
      {"parents with wrong labels: accuracy on rows about to be removed less that on rows never seen",
       fmt::format("above {}: they store their rows", kStored), e.stored, must_be_above(kStored)},
      {fmt::format("the same at rest on {} rows, weight decay 1", m.sizes.kept_rows),
       fmt::format("90 % interval within +-{}: what was stored of removed rows is lost", kStored), e.stored_after,
       must_lie_within(kStored)},
      {"the same without weight decay", fmt::format("above {}: stored rows are kept", kStored), e.stored_free,
       must_be_above(kStored)},
      {"positive control: fraction of test accuracy lost to changed labels without weight decay",
       fmt::format("above {}: training on other labels forgets, decay or not", kMostLost), e.changed_free,
       must_be_above(kMostLost)},
      {fmt::format("fraction of test accuracy lost on {} rows without weight decay", m.sizes.few_rows),
       fmt::format("below {}: fewer rows alone forget nothing", kNothingLost), e.few_free, must_be_below(kNothingLost)},
      {fmt::format("fraction of test accuracy lost on {} rows at rest, weight decay 1", m.sizes.few_rows),
       fmt::format("above {}: decay ungroks", kMostLost), e.few, must_be_above(kMostLost)},
      {"fraction of test accuracy lost to changed labels, weight decay 1",
       fmt::format("above {}; shown beside", kMostLost), e.changed, must_be_above(kMostLost), false}};
  result.n_seeds = m.sizes.seeds.count;
  for (const ForkKind kind : {ForkKind::kStored, ForkKind::kFewRows}) {
    for (const std::int64_t seed : m.sizes.seeds.all()) {
      const ForkCurve* fork = find_fork(m, seed, kind);
      result.n_censored += fork == nullptr || !fork->stationary ? 1 : 0;
    }
  }
  result.censoring = "forks with decay that did not come to rest";
  result.ours = fmt::format(
      "stored rows {:+.2f} before, {:+.2f} at rest, {:+.2f} without decay; without decay changed labels take {:.0f} % "
      "of the test accuracy and fewer rows {:.0f} %",
      e.stored.value, e.stored_after.value, e.stored_free.value, 100 * e.changed_free.value, 100 * e.few_free.value);
  return result;
}

std::vector<report::Chart> figures(const ForgettingMeasurement& m) {
  std::vector<report::XyPoint> stored, forgetting;
  add_curves(stored, m, ForkKind::kStored, "removed rows, weight decay", &ForkCurve::removed_accuracy);
  add_curves(stored, m, ForkKind::kStored, "rows never seen, weight decay", &ForkCurve::never_seen_accuracy);
  add_curves(stored, m, ForkKind::kStoredFree, "removed rows, no decay", &ForkCurve::removed_accuracy);
  for (const ForkKind kind : {ForkKind::kChangedFree, ForkKind::kChanged, ForkKind::kFewRowsFree, ForkKind::kFewRows}) {
    add_curves(forgetting, m, kind, fork_kind_name(kind), &ForkCurve::never_seen_accuracy);
  }
  return {report::make_xy_chart(
              stored, {.id = "audit-stored",
                       .title = "Rows that a network stored beside generalising",
                       .caption = fmt::format("{:.0f} % of the parents' labels were wrong, so that they stored rows as "
                                              "well. On {} of {} rows the rest is lost under weight decay and kept "
                                              "without it. By true labels; a line is a seed.",
                                              100 * m.sizes.wrong_labels, m.sizes.kept_rows, m.sizes.parent_rows),
                       .x_title = "step after the removal",
                       .y_title = "accuracy",
                       .steps_x = true,
                       .fraction_y = true,
                       .points = false}),
          report::make_xy_chart(
              forgetting,
              {.id = "audit-forgetting",
               .title = "Two ways to lose what was generalised",
               .caption = fmt::format("Accuracy on rows never seen, by true labels. {:.0f} % changed labels are "
                                      "forgetting as it is known: at once, with or without weight decay. {} rows of "
                                      "{} are ungrokking: with weight decay only. A line is a seed.",
                                      100 * m.sizes.changed_labels, m.sizes.few_rows, m.sizes.parent_rows),
               .x_title = "step after the change",
               .y_title = "accuracy on rows never seen",
               .steps_x = true,
               .fraction_y = true,
               .points = false})};
}

Claim claim_forgetting() {
  return make_claim<ForgettingSizes, ForgettingRuns, ForgettingMeasurement>(
      {.id = "forgetting",
       .title = "Ungrokking is no catastrophic forgetting",
       .statement = "What is lost on fewer rows is lost to weight decay: rows that a network stored go as well, also "
                    "beside a circuit that generalises, and without decay nothing goes. Changed labels forget without "
                    "decay.",
       .paper =
           "No number: efficiency predicts that ungrokking needs weight decay, and that removed rows fare as those "
           "never seen",
       .sizes = forgetting_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023_audit
