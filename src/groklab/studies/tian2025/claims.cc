// See claims.h.
#include "groklab/studies/tian2025/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "groklab/analysis/curves.h"
#include "groklab/config/change.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/mlp_network.h"
#include "groklab/studies/tian2025/published.h"
#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::tian2025 {
namespace {

struct ThresholdRuns {
  struct Item {
    RunIndex run = 0;
    std::int64_t seed = 0, modulus = 0, rows = 0;
  };
  std::vector<Item> runs;
};

ThresholdRuns plan_thresholds(SweepPlan& plan, const ThresholdSizes& s) {
  ThresholdRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const std::int64_t modulus : s.moduli) {
      for (const double multiple : s.multiples) {
        const std::int64_t rows = rows_of_multiple(modulus, multiple);
        Config config = mlp_config(modular_mlp(modulus, 1, s.neurons, "quadratic"), seed, rows, 10);
        config.train.steps = s.steps;
        change_config(config, s.settings, "settings of all runs");
        runs.runs.push_back({plan.add(config), seed, modulus, rows});
      }
    }
  }
  return runs;
}

ThresholdMeasurement measure_thresholds(const RunResults& results, const ThresholdSizes& sizes,
                                        const ThresholdRuns& runs) {
  ThresholdMeasurement m{sizes, {}};
  for (const ThresholdRuns::Item& item : runs.runs) {
    if (!results.has(item.run)) continue;
    const Record& last = results.last(item.run);
    m.runs.push_back({item.seed, item.modulus, item.rows, last.train.accuracy, last.test.accuracy});
  }
  return m;
}

/// Sizes and final test accuracies of a seed's runs, by rows.
struct RowsCurve {
  std::vector<double> rows, accuracy;
};
RowsCurve rows_curve(const ThresholdMeasurement& m, std::int64_t seed, std::int64_t modulus) {
  RowsCurve curve;
  for (const ThresholdRun& run : m.runs) {  // planned in ascending order
    if (run.seed != seed || run.modulus != modulus) continue;
    curve.rows.push_back(static_cast<double>(run.rows));
    curve.accuracy.push_back(run.test_accuracy);
  }
  return curve;
}

/// Mean over the moduli; NaN where one is.
double mean_over_moduli(const ThresholdMeasurement& m, const std::function<double(std::int64_t modulus)>& value) {
  double sum = 0;
  for (const std::int64_t modulus : m.sizes.moduli) sum += value(modulus);
  return sum / static_cast<double>(m.sizes.moduli.size());
}

/// Slope of ln(threshold / law) over ln M. [seeds]
std::vector<double> exponents(const ThresholdMeasurement& m, SampleLaw law) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    std::vector<double> x, y;
    for (const std::int64_t modulus : m.sizes.moduli) {
      const auto value = static_cast<double>(modulus);
      x.push_back(std::log(value));
      y.push_back(std::log(threshold_of(m, seed, modulus) / law_value(law, value)));
    }
    for (const double known : y) {
      if (!std::isfinite(known)) return std::nan("");  // a line through fewer moduli is another number
    }
    return fit_line(x, y).slope;
  });
}

std::vector<double> error_gains(const ThresholdMeasurement& m, SampleLaw rival) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return law_error(m, seed, SampleLaw::kLogClasses) - law_error(m, seed, rival);
  });
}

/// ln(rows / (c M ln M)) with the published c, mean over moduli. [seeds]
std::vector<double> log_over_published(const ThresholdMeasurement& m,
                                       double (*rows)(const ThresholdMeasurement&, std::int64_t, std::int64_t)) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return mean_over_moduli(m, [&](std::int64_t modulus) {
      return std::log(rows(m, seed, modulus) /
                      (kConstant.value * law_value(SampleLaw::kLogClasses, static_cast<double>(modulus))));
    });
  });
}

/// exp of the mean of logarithms, times `factor`.
Estimate scaled_exponential(const std::vector<double>& logs, double factor) {
  const Estimate e = exponential(mean_estimate(logs));
  return {factor * e.value, factor * e.low, factor * e.high, e.n};
}

void finish_thresholds(const ThresholdMeasurement& m, Judgement& result) {
  if (m.runs.empty()) return;
  result.n_seeds = m.sizes.seeds.count;
  for (const std::int64_t seed : m.sizes.seeds.all()) {
    for (const std::int64_t modulus : m.sizes.moduli) {
      if (!std::isfinite(threshold_of(m, seed, modulus))) ++result.n_censored;
    }
  }
  result.censoring = "thresholds outside the sizes; their seed does not count";
}

std::vector<report::Chart> shape_figures(const ThresholdMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (const std::int64_t modulus : m.sizes.moduli) {
    const auto x = static_cast<double>(modulus);
    const Estimate e = scaled_exponential(
        per_seed(m.sizes.seeds, [&](std::int64_t seed) { return std::log(threshold_of(m, seed, modulus)); }), 1);
    points.push_back({"threshold here", x, e.value, "", e.low, e.high});
    points.push_back({"2.7482 M ln M", x, kConstant.value * law_value(SampleLaw::kLogClasses, x)});
  }
  return {report::make_xy_chart(points, {.id = "tian-thresholds",
                                         .title = "Rows from which networks generalise",
                                         .caption = "Rows at which final test accuracy is half-way from guessing to "
                                                    "1; geometric mean over seeds with its 95 % interval.",
                                         .x_title = "modulus M",
                                         .y_title = "training rows",
                                         .log_x = true,
                                         .log_y = true})};
}

std::vector<report::Chart> constant_figures(const ThresholdMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (const std::int64_t modulus : m.sizes.moduli) {
    for (const double multiple : m.sizes.multiples) {
      std::vector<double> accuracies;
      for (const ThresholdRun& run : m.runs) {
        if (run.modulus == modulus && run.rows == rows_of_multiple(modulus, multiple)) {
          accuracies.push_back(run.test_accuracy);
        }
      }
      const Estimate e = mean_estimate(accuracies);
      points.push_back({fmt::format("M = {}", modulus), multiple, e.value, "", e.low, e.high});
    }
  }
  return {report::make_xy_chart(points, {.id = "tian-accuracy",
                                         .title = "Test accuracy against rows",
                                         .caption = "Final test accuracy; mean over seeds with its 95 % interval.",
                                         .x_title = "rows / (M ln M)",
                                         .y_title = "test accuracy",
                                         .fraction_y = true,
                                         .rules = {{kConstant.value, "published"}}})};
}

}  // namespace

std::string complaint(const ThresholdSizes& s) {
  if (s.moduli.size() < 2 || s.multiples.size() < 2 || s.moduli.front() < 3 || s.multiples.front() <= 0) {
    return "expected two moduli of at least 3 and two multiples above 0, or more of them";
  }
  const auto ascends = [](const auto& values) {
    return std::is_sorted(values.begin(), values.end(), [](auto a, auto b) { return a <= b; });
  };
  return ascends(s.moduli) && ascends(s.multiples) ? "" : "expected moduli and multiples that ascend";
}

std::int64_t rows_of_multiple(std::int64_t modulus, double multiple) {
  const std::int64_t rows = std::llround(multiple * law_value(SampleLaw::kLogClasses, static_cast<double>(modulus)));
  return std::min(rows, modulus * modulus - 1);
}

double law_value(SampleLaw law, double modulus) {
  return law == SampleLaw::kLogClasses ? modulus * std::log(modulus)
         : law == SampleLaw::kClasses  ? modulus
                                       : modulus * modulus;
}

double threshold_of(const ThresholdMeasurement& m, std::int64_t seed, std::int64_t modulus) {
  const RowsCurve curve = rows_curve(m, seed, modulus);
  if (curve.rows.size() < 2) return std::nan("");
  return fit_transition(curve.rows, curve.accuracy, 1.0 / static_cast<double>(modulus)).midpoint;
}

double onset_of(const ThresholdMeasurement& m, std::int64_t seed, std::int64_t modulus) {
  const RowsCurve curve = rows_curve(m, seed, modulus);
  if (curve.rows.empty() || curve.accuracy.front() >= kOnset) return std::nan("");
  for (std::size_t i = 1; i < curve.rows.size(); ++i) {
    if (curve.accuracy[i] < kOnset) continue;
    // Straight in ln rows: accuracies may be zero.
    const double from = std::log(curve.rows[i - 1]), to = std::log(curve.rows[i]);
    const double part = (kOnset - curve.accuracy[i - 1]) / (curve.accuracy[i] - curve.accuracy[i - 1]);
    return std::exp(from + part * (to - from));
  }
  return std::nan("");
}

double law_error(const ThresholdMeasurement& m, std::int64_t seed, SampleLaw law) {
  std::vector<double> logs;  // of threshold / law
  double sum = 0;
  for (const std::int64_t modulus : m.sizes.moduli) {
    logs.push_back(std::log(threshold_of(m, seed, modulus) / law_value(law, static_cast<double>(modulus))));
    sum += logs.back();
  }
  const auto others = static_cast<double>(logs.size() - 1);
  double error = 0;
  for (const double log : logs) error += std::abs((sum - log) / others - log);
  return error / static_cast<double>(logs.size());
}

ThresholdSizes threshold_sizes(const Scale& scale) {
  ThresholdSizes s;
  s.neurons = 512;
  s.steps = 5000;  // in pilots test accuracy had come to rest by 2,000 to 5,000 steps up to M = 59
  s.multiples = {2.25, 2.75, 3.25, 3.75, 4.5};
  if (scale.name == "smoke") {
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.moduli = {7, 11};
    s.neurons = 40;
    s.steps = 100;
  } else if (scale.name == "quick") {
    s.seeds = chosen_seeds(scale, {5000, 5});
    s.moduli = {23, 31, 43, 59, 71};
  } else if (scale.name == "standard") {
    s.seeds = chosen_seeds(scale, {6000, 8});
    s.moduli = {31, 43, 59, 83, 113};
    s.multiples = {2, 2.5, 3, 3.5, 4, 4.5, 5.5};
    s.steps = 20000;
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.settings = {
      "model.architecture=one_hot_mlp", "model.biases=none", "model.init=torch",     "optim.kind=adam",
      "optim.learning_rate=0.001",      "optim.beta2=0.999", "optim.warmup_steps=0", "optim.weight_decay=0.0001"};
  return s;
}

Judgement judge_shape(const ThresholdMeasurement& m) {
  const Criterion near = must_lie_within(kShapeMargin), less = must_be_below(0), fine = must_lie_within(kFineMargin);
  const std::vector<double> own = exponents(m, SampleLaw::kLogClasses);
  Judgement result;
  result.tests = {{"exponent of threshold / (M ln M) in M",
                   fmt::format("within {}: nearer to M ln M than to a fixed fraction of the table", kShapeMargin),
                   mean_estimate(own, near.level()), near},
                  {"|ln error| of c M ln M less that of c M^2, each threshold from the other moduli",
                   "below 0: it predicts better than a fixed fraction of the table",
                   mean_estimate(error_gains(m, SampleLaw::kTable), less.level()), less},
                  {"exponent of threshold / (M ln M) in M, by the finer bound",
                   fmt::format("within {}: nearer to M ln M than to a multiple of M", kFineMargin),
                   mean_estimate(own, fine.level()), fine, false},
                  {"|ln error| of c M ln M less that of c M, each threshold from the other moduli",
                   "below 0: it predicts better than a multiple of M",
                   mean_estimate(error_gains(m, SampleLaw::kClasses), less.level()), less, false}};
  const auto error = [&](SampleLaw law) {
    return estimate_text(
        mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) { return law_error(m, seed, law); })));
  };
  const Estimate power = shifted(mean_estimate(exponents(m, SampleLaw::kClasses)), 1);
  result.ours = fmt::format("thresholds grow as M to the {}; |ln error| of c M ln M {}, of c M {}, of c M^2 {}",
                            estimate_text(power), error(SampleLaw::kLogClasses), error(SampleLaw::kClasses),
                            error(SampleLaw::kTable));
  finish_thresholds(m, result);
  result.published = {{kShape, mean_estimate(own)}};
  return result;
}

Judgement judge_constant(const ThresholdMeasurement& m) {
  const Criterion near = must_agree_within_factor(kDefinition);
  const std::vector<double> half = log_over_published(m, threshold_of), onset = log_over_published(m, onset_of);
  Judgement result;
  result.tests = {{"ln(threshold / (2.7482 M ln M)), mean over moduli",
                   fmt::format("within ln {}: what another definition of the threshold would move", kDefinition),
                   mean_estimate(half, near.level()), near},
                  {fmt::format("ln(rows of test accuracy {} / (2.7482 M ln M)), mean over moduli", kOnset),
                   fmt::format("within ln {}: it is where generalising begins", kDefinition),
                   mean_estimate(onset, near.level()), near, false}};
  result.ours = fmt::format("c = {} where test accuracy is half-way, {} where it is {}",
                            estimate_text(scaled_exponential(half, kConstant.value)),
                            estimate_text(scaled_exponential(onset, kConstant.value)), kOnset);
  finish_thresholds(m, result);
  result.published = {{kConstant, scaled_exponential(half, kConstant.value)},
                      {kConstant, scaled_exponential(onset, kConstant.value)}};
  result.notes = {
      "The second number beside the published constant is of the rows at which test accuracy comes up to 0.1. Which "
      "accuracy the publication takes could not be read."};
  return result;
}

Claim claim_shape() {
  return make_claim<ThresholdSizes, ThresholdRuns, ThresholdMeasurement>(
      {.id = "shape",
       .title = "The threshold grows as M log M",
       .statement = "The number of training rows from which a network generalises on a group of M elements grows as "
                    "M log M, not as the table of M^2 rows.",
       .paper = "n of the order of M log M (theorem and experiments); no exponent with an interval",
       .sizes = threshold_sizes,
       .plan = plan_thresholds,
       .measure = measure_thresholds,
       .judge = judge_shape,
       .figures = shape_figures});
}

Claim claim_constant() {
  return make_claim<ThresholdSizes, ThresholdRuns, ThresholdMeasurement>(
      {.id = "constant",
       .title = "Its constant is 2.7482",
       .statement = "On modular addition the threshold is 2.7482 M ln M rows.",
       .paper = "c = 2.7482 (repository): 293 rows at M = 31, 444 at 43, 661 at 59, 1468 at 113",
       .sizes = threshold_sizes,
       .plan = plan_thresholds,
       .measure = measure_thresholds,
       .judge = judge_constant,
       .figures = constant_figures});
}

}  // namespace groklab::studies::tian2025
