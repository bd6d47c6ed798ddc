// See collapse.h.
#include "groklab/studies/prieto2025/collapse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/prieto2025/claims.h"
#include "groklab/studies/prieto2025/published.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::prieto2025 {
namespace {

CollapseMeasurement measure_collapse(const RunResults& results, const TimedSizes& sizes, const TimedRuns& runs) {
  CollapseMeasurement m{measure_timed(results, sizes, runs), {}};
  for (const TimedRuns::Item& item : runs.runs) {
    if (!results.has(item.run)) continue;
    const TimedCondition& condition = sizes.conditions[item.condition];
    FormatRun run{item.seed, condition.series, condition.x, {}, results.last(item.run).step, 0};
    for (const Record& record : results.records(item.run)) {
      if (!run.collapse && record.train.softmax_collapse > kHalfOfRows) run.collapse = record.step;
    }
    run.without_gradient = results.without_gradient(item.run);
    m.formats.push_back(run);
  }
  return m;
}

const FormatRun* find_format(const CollapseMeasurement& m, std::int64_t seed, const char* series, double bits) {
  for (const FormatRun& run : m.formats) {
    if (run.seed == seed && run.series == series && run.x == bits) return &run;
  }
  return nullptr;
}

/// ln of the step of collapse; of the budget where it did not come.
double log_collapse(const CollapseMeasurement& m, std::int64_t seed, const char* series, double bits) {
  const FormatRun* run = find_format(m, seed, series, bits);
  if (run == nullptr) return std::nan("");
  return std::log(static_cast<double>(std::max<std::int64_t>(run->collapse.value_or(run->budget), 1)));
}

double last_accuracy(const CollapseMeasurement& m, std::int64_t seed, const char* series, double bits) {
  const TimedRun* run = find_timed(m.timed, seed, series, bits);
  return run == nullptr ? std::nan("") : run->test_accuracy;
}

double without_gradient(const CollapseMeasurement& m, std::int64_t seed, const char* series, double bits) {
  const FormatRun* run = find_format(m, seed, series, bits);
  return run == nullptr ? std::nan("") : run->without_gradient;
}

using OfRun = double (*)(const CollapseMeasurement& m, std::int64_t seed, const char* series, double bits);

Estimate mean_of(const CollapseMeasurement& m, OfRun value, const char* series, double bits, double level = 0.95) {
  return mean_estimate(per_seed(m.timed.sizes.seeds, [&](std::int64_t seed) { return value(m, seed, series, bits); }),
                       level);
}

/// Of each seed, the first less the second.
Estimate difference_of(const CollapseMeasurement& m, OfRun value, const char* first, double first_bits,
                       const char* second, double second_bits, double level) {
  return mean_estimate(per_seed(m.timed.sizes.seeds,
                                [&](std::int64_t seed) {
                                  return value(m, seed, first, first_bits) - value(m, seed, second, second_bits);
                                }),
                       level);
}

Estimate steps_of(const CollapseMeasurement& m, const char* series, double bits) {
  return exponential(mean_of(m, log_collapse, series, bits));
}

std::string accuracy_text(const CollapseMeasurement& m, const char* series, double bits) {
  return estimate_text(mean_of(m, last_accuracy, series, bits));
}

void finish_formats(const CollapseMeasurement& m, Judgement& result) {
  finish_timed(m.timed, result);
  result.n_censored = std::count_if(m.formats.begin(), m.formats.end(), [](const FormatRun& r) { return !r.collapse; });
  result.censoring = "where half of the rows did not collapse, the budget stands for the step";
}

/// Those of the claim before are of the same runs.
std::vector<report::Chart> no_figures(const CollapseMeasurement&) { return {}; }

std::vector<report::Chart> collapse_figures(const CollapseMeasurement& m) {
  std::vector<report::XyPoint> accuracy, collapse;
  for (const TimedRun& run : m.timed.runs) {
    const FormatRun* format = find_format(m, run.seed, run.series.c_str(), run.x);
    const std::string name = fmt::format("{}{}", run.series, run.x);
    accuracy.push_back({name, static_cast<double>(run.seed), run.test_accuracy});
    if (format == nullptr) continue;
    collapse.push_back({name, static_cast<double>(run.seed),
                        static_cast<double>(std::max<std::int64_t>(format->collapse.value_or(format->budget), 1))});
  }
  return {
      report::make_xy_chart(accuracy, {.id = "prieto-collapse",
                                       .title = "Test accuracy at the end, by the format of the softmax",
                                       .caption = "After the whole budget.",
                                       .x_title = "seed",
                                       .y_title = "test accuracy",
                                       .fraction_y = true,
                                       .lines = false}),
      report::make_xy_chart(
          collapse, {.id = "prieto-collapse-step",
                     .title = "When half of the training rows have collapsed",
                     .caption = "A row has collapsed if its softmax&#39;s sum is exactly 1 in the run&#39;s format; "
                                "the budget where that did not come.",
                     .x_title = "seed",
                     .y_title = "step",
                     .log_y = true,
                     .lines = false})};
}

}  // namespace

TimedSizes collapse_sizes(const Scale& scale) {
  TimedSizes s;
  std::int64_t steps = 20000, depth = 1;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "relu");
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.rows = 240;
    steps = 300;
  } else if (scale.name == "quick") {
    s.network = modular_mlp(31, 64, 128, "relu");
    s.seeds = chosen_seeds(scale, {5100, 8});
    s.rows = 865;  // 90 %
  } else if (scale.name == "standard") {
    s.network = modular_mlp(113, 128, 200, "relu");
    s.seeds = chosen_seeds(scale, {6100, 8});
    s.rows = 7661;  // 60 %, where its figure has the formats apart
    depth = 2;
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.settings = {"model.biases=all",     "optim.learning_rate=0.0005",
                "optim.warmup_steps=0", "optim.epsilon=1e-25",
                "optim.weight_decay=0", "optim.beta2=0.99",
                "loss.form=framework",  fmt::format("model.n_layers={}", depth)};
  s.stops = false;
  s.evaluations_per_decade = 40;
  s.conditions = {{kFloat, 16, {"loss.precision=float16"}, steps},
                  {kFloat, 32, {}, steps},
                  {kFloat, 64, {"loss.precision=float64"}, steps},
                  {kBfloat, 16, {"loss.precision=bfloat16"}, steps},
                  {kFloatSum, 16, {"loss.precision=float16", "loss.rounding=sums"}, steps},
                  {kBfloatSum, 16, {"loss.precision=bfloat16", "loss.rounding=sums"}, steps}};
  return s;
}

Judgement judge_collapse(const CollapseMeasurement& m) {
  const Criterion later = must_be_above(0, EffectScale::kLnRatio), further = must_be_above(kFurther),
                  nearly = must_be_above(kNearlyAll);
  const double level = later.level();
  Judgement result;
  result.tests = {{"test accuracy after the last step, softmax in float32 less in float16",
                   fmt::format("above {}: the wider format learns more", kFurther),
                   difference_of(m, last_accuracy, kFloat, 32, kFloat, 16, level), further},
                  {"test accuracy after the last step, softmax in float64 less in float32",
                   fmt::format("above {}: the wider format learns more", kFurther),
                   difference_of(m, last_accuracy, kFloat, 64, kFloat, 32, level), further},
                  {"ln(step at which half of the training rows have collapsed, float32 / float16)",
                   "above 0: the narrower format collapses first",
                   difference_of(m, log_collapse, kFloat, 32, kFloat, 16, level), later},
                  {"ln(step at which half of the training rows have collapsed, float64 / float32)",
                   "above 0: the narrower format collapses first",
                   difference_of(m, log_collapse, kFloat, 64, kFloat, 32, level), later},
                  {"fraction of training rows without any gradient after the last step, float16",
                   fmt::format("above {}: training has stopped", kNearlyAll),
                   mean_of(m, without_gradient, kFloat, 16, nearly.level()), nearly}};
  result.ours = fmt::format(
      "last test accuracy {} in float16, {} in float32, {} in float64; half of the rows collapsed at step {:.0f}, "
      "{:.0f} and {:.0f}",
      accuracy_text(m, kFloat, 16), accuracy_text(m, kFloat, 32), accuracy_text(m, kFloat, 64),
      steps_of(m, kFloat, 16).value, steps_of(m, kFloat, 32).value, steps_of(m, kFloat, 64).value);
  finish_formats(m, result);
  result.published = {{kAccuracy16, mean_of(m, last_accuracy, kFloat, 16)},
                      {kAccuracy32, mean_of(m, last_accuracy, kFloat, 32)},
                      {kAccuracy64, mean_of(m, last_accuracy, kFloat, 64)},
                      {kCollapse16, steps_of(m, kFloat, 16)},
                      {kCollapse32, steps_of(m, kFloat, 32)},
                      {kCollapse64, steps_of(m, kFloat, 64)}};
  result.notes = {
      "Published numbers are read off the figure for 60 % of the rows. In the one for 40 % (Fig. 2a as the repository "
      "has it) no format generalises at all, and float64 is marked as collapsing before float32; a reader could not "
      "repeat it (issue 9).",
      "The softmax alone is in the format, as there: weights, logits and the optimiser are float32."};
  return result;
}

Judgement judge_absorption(const CollapseMeasurement& m) {
  const Criterion sooner = must_be_above(0, EffectScale::kLnRatio), less = must_be_above(0),
                  nearly = must_be_above(kNearlyAll), further = must_be_above(kFurther);
  const double level = less.level();
  const Estimate stopped = mean_of(m, without_gradient, kBfloat, 16, nearly.level());
  Judgement result;
  result.tests = {
      {"test accuracy after the last step, softmax in float16 less in bfloat16",
       "above 0: fewer bits absorb more, and learn less",
       difference_of(m, last_accuracy, kFloat, 16, kBfloat, 16, level), less},
      {"ln(step at which half of the training rows have collapsed, float16 / bfloat16)",
       "above 0: fewer bits collapse first", difference_of(m, log_collapse, kFloat, 16, kBfloat, 16, level), sooner},
      {"fraction of training rows without any gradient after the last step, bfloat16",
       fmt::format("above {}: what has collapsed learns no more", kNearlyAll), stopped, nearly},
      {"test accuracy after the last step, softmax in float32 less in bfloat16",
       fmt::format("above {}: the wider format learns more", kFurther),
       difference_of(m, last_accuracy, kFloat, 32, kBfloat, 16, level), further, false},
      {"test accuracy after the last step, softmax in float16 less in bfloat16, sums rounded too",
       "above 0: fewer bits absorb more, and learn less",
       difference_of(m, last_accuracy, kFloatSum, 16, kBfloatSum, 16, level), less, false},
      {"test accuracy after the last step, float16 with sums in float32 less with sums rounded too",
       "above 0: the sum that absorbs learns less", difference_of(m, last_accuracy, kFloat, 16, kFloatSum, 16, level),
       less, false}};
  result.ours = fmt::format(
      "last test accuracy {} in bfloat16, {} in float16, {} and {} where the sum is rounded, too; bfloat16 collapses "
      "at "
      "step {:.0f}, float16 at {:.0f}; {} of bfloat16&#39;s rows have no gradient",
      accuracy_text(m, kBfloat, 16), accuracy_text(m, kFloat, 16), accuracy_text(m, kBfloatSum, 16),
      accuracy_text(m, kFloatSum, 16), steps_of(m, kBfloat, 16).value, steps_of(m, kFloat, 16).value,
      estimate_text(stopped));
  finish_formats(m, result);
  result.notes = {
      "bfloat16 has 8 bits and the exponents of float32, float16 has 11 bits and ends at 6e-8. If what "
      "stops learning is that a sum absorbs, bfloat16 is the worst; if it is that gradients underflow, "
      "float16 is."};
  return result;
}

Claim claim_absorption() {
  return make_claim<TimedSizes, TimedRuns, CollapseMeasurement>(
      {.id = "absorption",
       .title = "The softmax stops as its sum absorbs the other classes",
       .statement = "What stops learning in a narrow format is absorption: beside the largest term the sum has no bits "
                    "left for the others, and the rows have no gradient.",
       .paper = "Section 3: absorption errors in the softmax; 16 bits are float16 there",
       .sizes = collapse_sizes,
       .plan = plan_timed,
       .measure = measure_collapse,
       .judge = judge_absorption,
       .figures = no_figures});
}

Claim claim_collapse() {
  return make_claim<TimedSizes, TimedRuns, CollapseMeasurement>(
      {.id = "collapse",
       .title = "It is softmax collapse that stops learning",
       .statement = "Without weight decay learning stops as the softmax of training rows collapses: the narrower its "
                    "number format, the earlier, and the less is learnt.",
       .paper = "Fig. 2, 20,000 steps at learning rate 5e-4 in float16, 32 and 64; disputed by readers",
       .sizes = collapse_sizes,
       .plan = plan_timed,
       .measure = measure_collapse,
       .judge = judge_collapse,
       .figures = collapse_figures,
       .rules_version = 2});
}

}  // namespace groklab::studies::prieto2025
