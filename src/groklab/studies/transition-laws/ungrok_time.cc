// See ungrok_time.h.
#include "groklab/studies/transition-laws/ungrok_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "groklab/analysis/curves.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::transition_laws {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kReferencePace = 1e-3;  ///< eta lambda of the paper's default

double product(const Pace& pace) { return pace.learning_rate * pace.weight_decay; }

std::int64_t paced(std::int64_t steps, double eta_lambda) {
  return std::max<std::int64_t>(1, std::llround(static_cast<double>(steps) * kReferencePace / eta_lambda));
}

UngrokTime time_of(const RunResults& results, const PacedRun& planned) {
  UngrokTime t{planned.seed, planned.pace, kNone, kNone, kNone};
  if (!results.has(planned.run)) return t;
  const std::vector<Record>& records = results.records(planned.run);
  const double half = 0.5 * records.front().test.accuracy;
  t.accuracy = records.back().test.accuracy;
  t.fall = records.front().test.accuracy - t.accuracy;
  for (std::size_t i = 1; i < records.size(); ++i) {
    const double before = records[i - 1].test.accuracy, now = records[i].test.accuracy;
    if (now >= half) continue;
    const auto from = static_cast<double>(records[i - 1].step), to = static_cast<double>(records[i].step);
    t.time = from + (to - from) * (before - half) / (before - now);
    break;
  }
  return t;
}

/// Exponent of a seed's times against `key`, over the forks that have the reference's `other`.
double exponent(const UngrokTimeMeasurement& m, std::int64_t seed, double Pace::*key, double Pace::*other) {
  std::vector<double> x, y;
  for (const UngrokTime& fork : m.forks) {
    if (fork.seed != seed || fork.pace.*other != Pace{}.*other || !std::isfinite(fork.time)) continue;
    x.push_back(fork.pace.*key);
    y.push_back(fork.time);
  }
  return fit_power(x, y).slope;
}

struct TimeEffects {
  Estimate by_decay, by_rate;
};
/// As they are (not yet compared with -1).
TimeEffects time_effects(const UngrokTimeMeasurement& m) {
  const auto over_seeds = [&](double Pace::*key, double Pace::*other) {
    return mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) { return exponent(m, seed, key, other); }),
                         kEquivalenceLevel);
  };
  return {over_seeds(&Pace::weight_decay, &Pace::learning_rate), over_seeds(&Pace::learning_rate, &Pace::weight_decay)};
}

Estimate kept_without_decay(const UngrokTimeMeasurement& m) {
  return mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    for (const UngrokTime& control : m.controls) {
      if (control.seed == seed) return control.fall;
    }
    return kNone;
  }));
}

}  // namespace

std::string complaint(const UngrokTimeSizes& s) {
  for (const Pace& pace : s.paces) {
    if (!(product(pace) > 0)) return "expected paces above 0";
  }
  return s.rows > 0 && s.rows < s.parent_rows && s.resolution > 0 ? ""
                                                                  : "expected 0 < rows < parent_rows, resolution > 0";
}

UngrokTimeSizes ungrok_time_sizes(const Scale& scale) {
  UngrokTimeSizes s;
  s.network = modular_network(23, 32);
  s.parent_steps = 5000;
  s.rows = 60;
  s.paces = {{1e-3, 0.25}, {1e-3, 0.5}, {1e-3, 1}, {1e-3, 2}, {1e-3, 4}, {5e-4, 1}, {2e-3, 1}};
  s.steps = 4000;
  s.resolution = 5;  // of times of 280 steps and more: under 2 %, and straight lines between
  if (scale.name == "smoke") {
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.parent_steps = 1500;
    s.steps = 1000;
  } else if (scale.name == "quick") {
    s.seeds = chosen_seeds(scale, {5400, 5});
  } else if (scale.name == "standard") {
    s.seeds = chosen_seeds(scale, {6000, 8});
  } else if (scale.name == "full") {
    s.network = modular_network(31, 48);
    s.seeds = chosen_seeds(scale, {6000, 8});
    s.parent_steps = 8000;
    s.rows = 110;
    s.steps = 8000;
  } else {
    refuse_scale(scale, "smoke, quick, standard or full");
  }
  s.parent_rows = std::llround(0.82 * static_cast<double>(s.network.rows));
  return s;
}

UngrokTimeRuns plan(SweepPlan& plan, const UngrokTimeSizes& s) {
  UngrokTimeRuns runs;
  const auto fork = [&](RunIndex parent, std::int64_t seed, const Pace& pace, double eta_lambda) {
    return PacedRun{
        plan.add_fork(
            parent,
            {fmt::format("split.train_size={}", s.rows), fmt::format("optim.weight_decay={}", pace.weight_decay),
             fmt::format("optim.learning_rate={}", pace.learning_rate),
             fmt::format("train.steps={}", paced(s.steps, eta_lambda)), "train.evaluate_per_decade=0",
             fmt::format("train.evaluate_every={}", paced(s.resolution, eta_lambda)), "train.checkpoint_per_decade=0"}),
        seed, pace};
  };
  for (const std::int64_t seed : s.seeds.all()) {
    const RunIndex parent =
        varma2023::converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, 1);
    double slowest = kReferencePace;
    for (const Pace& pace : s.paces) {
      slowest = std::min(slowest, product(pace));
      runs.forks.push_back(fork(parent, seed, pace, product(pace)));
    }
    runs.controls.push_back(fork(parent, seed, {Pace{}.learning_rate, 0}, slowest));
  }
  return runs;
}

UngrokTimeMeasurement measure(const RunResults& results, const UngrokTimeSizes& sizes, const UngrokTimeRuns& runs) {
  UngrokTimeMeasurement m{sizes, {}, {}};
  for (const PacedRun& run : runs.forks) m.forks.push_back(time_of(results, run));
  for (const PacedRun& run : runs.controls) m.controls.push_back(time_of(results, run));
  return m;
}

Judgement judge(const UngrokTimeMeasurement& m) {
  const TimeEffects e = time_effects(m);
  const Estimate kept = kept_without_decay(m);
  const std::string margin = fmt::format("90 % interval within +-{} of -1", kExponentMargin);
  Judgement result;
  result.tests = {{fmt::format("1 + exponent of the time to ungrok against weight decay, D' = {}", m.sizes.rows),
                   margin + ": the factor of 16 moves eta lambda times time by less than 1.32", shifted(e.by_decay, 1),
                   must_lie_within(kExponentMargin)},
                  {fmt::format("1 + exponent of the time to ungrok against the learning rate, D' = {}", m.sizes.rows),
                   margin, shifted(e.by_rate, 1), must_lie_within(kExponentMargin)},
                  {"control: fall of test accuracy without weight decay, in as many steps as the slowest takes",
                   fmt::format("below {}: it is weight decay that ungroks", kKept), kept, must_be_below(kKept)}};
  result.n_seeds = m.sizes.seeds.count;
  for (const UngrokTime& fork : m.forks) result.n_censored += std::isfinite(fork.time) ? 0 : 1;
  result.censoring = "forks that did not lose half of their test accuracy";
  result.ours =
      fmt::format("time to ungrok ~ lambda^{:.3f} ({:.3f} to {:.3f}) eta^{:.3f} ({:.3f} to {:.3f})", e.by_decay.value,
                  e.by_decay.low, e.by_decay.high, e.by_rate.value, e.by_rate.low, e.by_rate.high);
  return result;
}

std::vector<report::Chart> figures(const UngrokTimeMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (const UngrokTime& fork : m.forks) {
    points.push_back({fmt::format("learning rate {}", fork.pace.learning_rate), fork.pace.weight_decay,
                      fork.time * product(fork.pace), fmt::format("{}", fork.seed)});
  }
  const TimeEffects e = time_effects(m);
  return {report::make_xy_chart(
      points,
      {.id = "ungrok-time",
       .title = "Time to ungrok, in units of 1 / (learning rate x weight decay)",
       .caption = fmt::format("Level where the time goes as 1 / (eta lambda); a line is a seed. Over weight decay "
                              "the time goes as its power of {:.3f}, over the learning rate {:.3f}.",
                              e.by_decay.value, e.by_rate.value),
       .x_title = "weight decay",
       .y_title = "eta lambda x steps until test accuracy has halved",
       .log_x = true,
       .log_y = true})};
}

Claim claim_ungrok_time() {
  return make_claim<UngrokTimeSizes, UngrokTimeRuns, UngrokTimeMeasurement>(
      {.id = "ungrok-time",
       .title = "The time to ungrok goes as 1 / (learning rate x weight decay)",
       .statement = "Weight decay shrinks what training no longer asks for, at the rate eta lambda: below D_crit the "
                    "time until half of the test accuracy is lost goes as 1 / (eta lambda), and without decay nothing "
                    "is lost.",
       .paper = "No number: weight decay is what drives the change between circuits (section 3)",
       .sizes = ungrok_time_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::transition_laws
