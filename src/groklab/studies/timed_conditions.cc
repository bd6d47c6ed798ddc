// See timed_conditions.h.
#include "groklab/studies/timed_conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/analysis/censored_lines.h"
#include "groklab/analysis/event_times.h"
#include "groklab/base/error.h"
#include "groklab/config/change.h"
#include "groklab/report/xy_chart.h"

namespace groklab::studies {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double norm_at(const std::vector<Record>& records, const std::optional<std::int64_t>& step) {
  if (!step) return kNothing;
  for (const Record& record : records) {
    if (record.step == *step) return record.norm;
  }
  return kNothing;
}

/// At the last evaluation step up to the geometric mean of T_fit and T_grok.
double logit_between(const std::vector<Record>& records, const Delay& delay) {
  if (!delay.fit) return kNothing;
  const auto end = static_cast<double>(delay.grok.value_or(delay.budget));
  const double middle = std::sqrt(static_cast<double>(std::max<std::int64_t>(*delay.fit, 1)) * std::max(end, 1.0));
  double logit = kNothing;
  for (const Record& record : records) {
    if (static_cast<double>(record.step) <= middle) logit = record.train.correct_logit_centred;
  }
  return logit;
}

TimedRun timed_run(const std::vector<Record>& records, const TimedSizes& sizes) {
  TimedRun run;
  run.delay = delay_of(records, sizes.generalised);
  run.delay.fit = event_times(records, {.accuracy = sizes.fitted}).fit;
  run.train_accuracy = records.back().train.accuracy;
  run.test_accuracy = records.back().test.accuracy;
  for (const Record& record : records) {
    run.best_test_accuracy = std::max(run.best_test_accuracy, record.test.accuracy);
  }
  run.collapsed = records.back().train.softmax_collapse;
  run.norm = records.back().norm;
  run.norm_at_fit = norm_at(records, run.delay.fit);
  run.norm_at_grok = norm_at(records, run.delay.grok);
  run.logit_between = logit_between(records, run.delay);
  run.logit_norm = kNothing;
  return run;
}

std::vector<Duration> times_of(const TimedMeasurement& m, const std::string& series, double x) {
  std::vector<Duration> times;
  for (const TimedRun* run : runs_of(m, series, x)) {
    times.push_back({static_cast<double>(run->delay.grok.value_or(run->delay.budget)), run->delay.grok.has_value()});
  }
  return times;
}

}  // namespace

std::string TimedCondition::name() const { return fmt::format("{} {}", series, x); }

SeedRange chosen_seeds(const Scale& scale, SeedRange own) {
  if (scale.seeds > 0) own.count = scale.seeds;
  if (scale.first_seed >= 0) own.first = scale.first_seed;
  return own;
}

void refuse_scale(const Scale& scale, const char* known) {
  fail(ErrorKind::kConfig, "--scale {}: expected {}", scale.name, known);
}

TimedSizes modular_mlp_sizes(const Scale& scale) {
  TimedSizes s;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "relu");
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.rows = 240;
  } else if (scale.name == "quick") {
    s.network = modular_mlp(31, 64, 128, "relu");
    s.seeds = chosen_seeds(scale, {5000, 5});
    s.rows = 672;  // 70 %
  } else if (scale.name == "standard") {
    s.network = modular_mlp(97, 128, 128, "relu");
    s.seeds = chosen_seeds(scale, {6000, 5});
    s.rows = 3763;  // 40 %
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  return s;
}

TimedRuns plan_timed(SweepPlan& plan, const TimedSizes& s) {
  TimedRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (std::size_t i = 0; i < s.conditions.size(); ++i) {
      const TimedCondition& condition = s.conditions[i];
      Config config = mlp_config(s.network, seed, s.rows, s.evaluations_per_decade);
      config.train.steps = condition.steps;
      if (s.stops) config.train.stop_test_accuracy = s.generalised;
      change_config(config, s.settings, "settings of all conditions");
      change_config(config, condition.settings, condition.name());
      runs.runs.push_back({plan.add(config), seed, i});
    }
  }
  return runs;
}

TimedMeasurement measure_timed(const RunResults& results, const TimedSizes& sizes, const TimedRuns& runs) {
  TimedMeasurement m{sizes, {}};
  for (const TimedRuns::Item& item : runs.runs) {
    if (!results.has(item.run)) continue;
    TimedRun run = timed_run(results.records(item.run), sizes);
    run.seed = item.seed;
    run.series = sizes.conditions[item.condition].series;
    run.x = sizes.conditions[item.condition].x;
    if (sizes.logits) run.logit_norm = results.logit_norm(item.run);
    m.runs.push_back(run);
  }
  return m;
}

const TimedRun* find_timed(const TimedMeasurement& m, std::int64_t seed, const std::string& series, double x) {
  for (const TimedRun& run : m.runs) {
    if (run.seed == seed && run.series == series && run.x == x) return &run;
  }
  return nullptr;
}

std::vector<double> values_of_series(const TimedSizes& sizes, const std::string& series) {
  std::vector<double> values;
  for (const TimedCondition& condition : sizes.conditions) {
    if (condition.series == series) values.push_back(condition.x);
  }
  return values;
}

std::vector<const TimedRun*> runs_of(const TimedMeasurement& m, const std::string& series, double x) {
  std::vector<const TimedRun*> runs;
  for (const TimedRun& run : m.runs) {
    if (run.series == series && run.x == x) runs.push_back(&run);
  }
  return runs;
}

double log_grok(const TimedMeasurement& m, std::int64_t seed, const std::string& series, double x) {
  const TimedRun* run = find_timed(m, seed, series, x);
  if (run == nullptr) return kNothing;
  return std::log(static_cast<double>(std::max<std::int64_t>(run->delay.grok.value_or(run->delay.budget), 1)));
}

double median_grok(const TimedMeasurement& m, const std::string& series, double x) {
  return median_survival(times_of(m, series, x));
}

std::vector<double> log_slopes(const TimedMeasurement& m, const std::string& series, bool log_x,
                               const std::function<bool(double x)>& takes) {
  std::vector<CensoredPoint> points;
  for (const TimedRun& run : m.runs) {
    if (run.series != series || (takes && !takes(run.x))) continue;
    CensoredPoint p{run.seed, log_x ? std::log(run.x) : run.x};
    p.low = log_grok(m, run.seed, series, run.x);
    if (run.delay.grok) p.high = p.low;
    points.push_back(p);
  }
  const GroupLines lines = censored_group_lines(points);
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const auto found = std::find(lines.group.begin(), lines.group.end(), seed);
    return found == lines.group.end() ? kNothing : lines.slope[static_cast<std::size_t>(found - lines.group.begin())];
  });
}

Estimate grokked_fraction(const TimedMeasurement& m, const std::string& series, std::initializer_list<double> values) {
  std::int64_t n = 0, grokked = 0;
  for (const double x : values) {
    for (const TimedRun* run : runs_of(m, series, x)) {
      ++n;
      grokked += run->delay.grok ? 1 : 0;
    }
  }
  return wilson_estimate(grokked, n);
}

void finish_timed(const TimedMeasurement& m, Judgement& result) {
  if (!m.runs.empty()) result.n_seeds = m.sizes.seeds.count;
  for (const TimedRun& run : m.runs) result.n_censored += is_censored(run.delay) ? 1 : 0;
  result.censoring = "runs that did not generalise count as times above their budget";
}

report::Chart timed_chart(const TimedMeasurement& m, const std::string& id, const std::string& title,
                          const std::string& x_title, bool log_x) {
  std::vector<report::XyPoint> points;
  for (const TimedCondition& c : m.sizes.conditions) {
    const std::vector<Duration> times = times_of(m, c.series, c.x);
    const Estimate median = median_survival_estimate(times);
    double last = kNothing;
    for (const Duration& time : times) last = std::fmax(last, time.time);
    points.push_back({c.series, c.x, median.value, "", median.low, std::isinf(median.high) ? last : median.high});
  }
  return report::make_xy_chart(
      points,
      {.id = id,
       .title = title,
       .caption = fmt::format("Kaplan and Meier's median over seeds of the step at which test accuracy comes to "
                              "be held at {}, with its 95 % interval, drawn to the last run where it is open.",
                              m.sizes.generalised),
       .x_title = x_title,
       .y_title = "T_grok in steps",
       .log_x = log_x,
       .log_y = true});
}

Claim make_timed_claim(const TimedClaim& claim) {
  return make_claim<TimedSizes, TimedRuns, TimedMeasurement>({.id = claim.id,
                                                              .title = claim.title,
                                                              .statement = claim.statement,
                                                              .paper = claim.paper,
                                                              .sizes = claim.sizes,
                                                              .plan = plan_timed,
                                                              .measure = measure_timed,
                                                              .judge = claim.judge,
                                                              .figures = claim.figures});
}

}  // namespace groklab::studies
