// See conditions.h.
#include "groklab/studies/delay-exponents/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/analysis/censored_lines.h"
#include "groklab/analysis/event_times.h"
#include "groklab/base/error.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::delay_exponents {
namespace {

constexpr Factor kFactors[] = {Factor::kLearningRate, Factor::kWeightDecay, Factor::kRows, Factor::kWidth};

std::vector<Condition> conditions_of(const ConditionSizes& s) {
  std::vector<Condition> all = {s.base};
  for (const Factor factor : kFactors) {
    for (const double value : values_of(s, factor)) {
      const Condition condition = s.base.with(factor, value);
      if (std::find(all.begin(), all.end(), condition) == all.end()) all.push_back(condition);
    }
  }
  return all;
}

/// The others are the base's, and the factor's value is one of those that are varied.
bool varies_only(const ConditionSizes& s, const Condition& c, Factor factor) {
  if (c.with(factor, s.base.value(factor)) != s.base) return false;
  const std::vector<double> values = values_of(s, factor);
  return std::find(values.begin(), values.end(), c.value(factor)) != values.end();
}

/// ln of the time, or ln of the bound above which it lies.
CensoredPoint log_time(const TimedRun& run, Factor factor, Time time) {
  CensoredPoint p{run.seed, std::log(run.condition.value(factor))};
  if (!run.delay.fit) return p;
  const double from = time == Time::kGrokLessFit ? static_cast<double>(*run.delay.fit) : 0;
  const double length = static_cast<double>(run.delay.grok.value_or(run.delay.budget)) - from;
  if (!(length > 0)) return p;
  p.low = std::log(length);
  if (run.delay.grok) p.high = p.low;
  return p;
}

std::vector<double> doubles(const std::vector<std::int64_t>& values) { return {values.begin(), values.end()}; }

}  // namespace

const char* factor_symbol(Factor factor) {
  switch (factor) {
    case Factor::kLearningRate:
      return "eta";
    case Factor::kWeightDecay:
      return "lambda";
    case Factor::kRows:
      return "D";
    case Factor::kWidth:
      break;
  }
  return "H";
}

double Condition::value(Factor factor) const {
  switch (factor) {
    case Factor::kLearningRate:
      return learning_rate;
    case Factor::kWeightDecay:
      return weight_decay;
    case Factor::kRows:
      return static_cast<double>(rows);
    case Factor::kWidth:
      break;
  }
  return static_cast<double>(width);
}

Condition Condition::with(Factor factor, double value) const {
  Condition c = *this;
  if (factor == Factor::kLearningRate) c.learning_rate = value;
  if (factor == Factor::kWeightDecay) c.weight_decay = value;
  if (factor == Factor::kRows) c.rows = std::llround(value);
  if (factor == Factor::kWidth) c.width = std::llround(value);
  return c;
}

std::vector<double> values_of(const ConditionSizes& s, Factor factor) {
  switch (factor) {
    case Factor::kLearningRate:
      return s.learning_rates;
    case Factor::kWeightDecay:
      return s.weight_decays;
    case Factor::kRows:
      return doubles(s.rows);
    case Factor::kWidth:
      break;
  }
  return doubles(s.widths);
}

ConditionSizes base_sizes(const Scale& scale) {
  ConditionSizes s;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "relu");
    s.seeds = {1000, 2};
    s.base.rows = 260;
    s.steps = 3000;
  } else if (scale.name == "quick") {
    s.network = modular_mlp(31, 64, 128, "relu");
    s.seeds = {5000, 5};
    s.base.rows = 672;  // 70 %: at 50 % some networks of this size generalise to a part of the rows only
    s.steps = 30000;
  } else if (scale.name == "standard") {
    s.network = modular_mlp(97, 128, 128, "relu");
    s.seeds = {6000, 5};
    s.base.rows = 3763;
    s.steps = 60000;
  } else {
    fail(ErrorKind::kConfig, "--scale {}: expected smoke, quick or standard", scale.name);
  }
  s.base.width = s.network.d_mlp;
  if (scale.seeds > 0) s.seeds.count = scale.seeds;
  if (scale.first_seed >= 0) s.seeds.first = scale.first_seed;
  return s;
}

ConditionRuns plan_conditions(SweepPlan& plan, const ConditionSizes& s) {
  ConditionRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const Condition& condition : conditions_of(s)) {
      MlpNetwork network = s.network;
      network.d_mlp = condition.width;
      Config config = mlp_config(network, seed, condition.rows, s.evaluations_per_decade);
      config.optim.learning_rate = condition.learning_rate;
      config.optim.weight_decay = condition.weight_decay;
      const double pace =
          s.base.learning_rate * s.base.weight_decay / (condition.learning_rate * condition.weight_decay);
      config.train.steps = std::llround(static_cast<double>(s.steps) * pace);
      config.train.stop_test_accuracy = s.generalised;
      runs.runs.push_back({plan.add(config), seed, condition});
    }
  }
  return runs;
}

ConditionMeasurement measure_conditions(const RunResults& results, const ConditionSizes& sizes,
                                        const ConditionRuns& runs) {
  ConditionMeasurement m{sizes, {}};
  for (const ConditionRuns::Item& item : runs.runs) {
    if (!results.has(item.run)) continue;
    const std::vector<Record>& records = results.records(item.run);
    Delay delay = delay_of(records, sizes.generalised);
    delay.fit = event_times(records, {.accuracy = sizes.fitted}).fit;
    m.runs.push_back({item.seed, item.condition, delay});
  }
  return m;
}

std::vector<double> exponents(const ConditionMeasurement& m, Factor factor, Time time,
                              const std::function<bool(double value)>& takes) {
  std::vector<CensoredPoint> points;
  for (const TimedRun& run : m.runs) {
    if (!varies_only(m.sizes, run.condition, factor)) continue;
    if (takes && !takes(run.condition.value(factor))) continue;
    points.push_back(log_time(run, factor, time));
  }
  const GroupLines lines = censored_group_lines(points);
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const auto found = std::find(lines.group.begin(), lines.group.end(), seed);
    return found == lines.group.end() ? std::nan("")
                                      : lines.slope[static_cast<std::size_t>(found - lines.group.begin())];
  });
}

Estimate exponent_less(const ConditionMeasurement& m, Factor factor, Time time, double published, double level) {
  std::vector<double> differences = exponents(m, factor, time);
  for (double& d : differences) d -= published;
  return mean_estimate(differences, level);
}

Estimate bend(const ConditionMeasurement& m, Factor factor, Time time, double level) {
  const std::vector<double> values = values_of(m.sizes, factor);
  if (values.size() < 3) return {std::nan(""), std::nan(""), std::nan(""), 0};
  const double low = values[(values.size() - 1) / 2], high = values[values.size() / 2];
  std::vector<double> upper = exponents(m, factor, time, [&](double v) { return v >= low; });
  const std::vector<double> lower = exponents(m, factor, time, [&](double v) { return v <= high; });
  for (std::size_t i = 0; i < upper.size(); ++i) upper[i] -= lower[i];
  return mean_estimate(upper, level);
}

std::string exponent_text(const ConditionMeasurement& m, Factor factor, Time time) {
  return fmt::format("{}^{}", factor_symbol(factor), estimate_text(mean_estimate(exponents(m, factor, time))));
}

void count_censored(const ConditionMeasurement& m, Judgement& result) {
  for (const TimedRun& run : m.runs) result.n_censored += is_censored(run.delay) ? 1 : 0;
  result.censoring = "runs that did not generalise count as times above their budget";
}

report::Chart times_chart(const ConditionMeasurement& m, Factor factor, const std::vector<Law>& laws,
                          const std::string& id) {
  std::vector<report::XyPoint> points;
  const std::vector<double> values = values_of(m.sizes, factor);
  double base_median = std::nan("");
  for (const double value : values) {
    std::vector<Duration> times;
    for (const TimedRun& run : m.runs) {
      if (run.condition != m.sizes.base.with(factor, value)) continue;
      times.push_back({static_cast<double>(run.delay.grok.value_or(run.delay.budget)), run.delay.grok.has_value()});
    }
    const Estimate median = median_survival_estimate(times);
    if (value == m.sizes.base.value(factor)) base_median = median.value;
    const double last =
        times.empty()
            ? std::nan("")
            : std::max_element(times.begin(), times.end(), [](auto& a, auto& b) { return a.time < b.time; })->time;
    points.push_back({"here", value, median.value, "", median.low, std::isinf(median.high) ? last : median.high});
  }
  for (const Law& law : laws) {
    for (const double value : values) {
      points.push_back({law.name, value, base_median * std::pow(value / m.sizes.base.value(factor), law.exponent)});
    }
  }
  return report::make_xy_chart(
      points, {.id = id,
               .title = fmt::format("Time to generalise against {}", factor_symbol(factor)),
               .caption = "Here: Kaplan and Meier's median over seeds with its 95 % interval, drawn to the last run "
                          "where it is open. Lines: published exponents through the median of the base condition.",
               .x_title = factor_symbol(factor),
               .y_title = "T_grok in steps",
               .log_x = true,
               .log_y = true});
}

}  // namespace groklab::studies::delay_exponents
