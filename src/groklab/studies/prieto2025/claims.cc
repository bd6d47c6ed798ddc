// See claims.h.
#include "groklab/studies/prieto2025/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/prieto2025/published.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::prieto2025 {
namespace {

TimedSizes base_sizes(const Scale& scale) {
  TimedSizes s;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "relu");
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.rows = 240;
  } else if (scale.name == "quick") {
    s.network = modular_mlp(31, 64, 128, "relu");
    s.seeds = chosen_seeds(scale, {5000, 5});
    s.rows = 865;  // 90 %: with 80 % StableMax takes 40,000 steps
  } else if (scale.name == "standard") {
    s.network = modular_mlp(113, 128, 200, "relu");
    s.seeds = chosen_seeds(scale, {6000, 5});
    s.rows = 5107;  // 40 %
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.settings = {"model.biases=all", "optim.learning_rate=0.01", "optim.warmup_steps=0", "optim.epsilon=1e-25",
                "optim.weight_decay=0"};
  s.evaluations_per_decade = 40;
  return s;
}

std::int64_t budget(const Scale& scale, std::int64_t quick, std::int64_t standard) {
  return scale.name == "smoke" ? 300 : scale.name == "quick" ? quick : standard;
}

TimedCondition plain(const Scale& scale) {
  return {kPlain, 1, {"loss.form=framework", "optim.beta2=0.999"}, budget(scale, 10000, 80000)};
}

Estimate mean_over(const TimedMeasurement& m, const std::string& series, double x, double TimedRun::*value,
                   double level = 0.95) {
  std::vector<double> values;
  for (const TimedRun* run : runs_of(m, series, x)) values.push_back(run->*value);
  return mean_estimate(values, level);
}

/// ln(T_grok / T_fit) of each seed.
std::vector<double> log_delays(const TimedMeasurement& m, const char* series) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const TimedRun* run = find_timed(m, seed, series, 1);
    if (run == nullptr || !run->delay.fit) return std::nan("");
    return log_grok(m, seed, series, 1) - std::log(static_cast<double>(std::max<std::int64_t>(*run->delay.fit, 1)));
  });
}

/// The median where half of the runs generalised, for a table.
Estimate median_beside(const TimedMeasurement& m, const char* series) {
  std::vector<Duration> times;
  for (const TimedRun* run : runs_of(m, series, 1)) {
    times.push_back({static_cast<double>(run->delay.grok.value_or(run->delay.budget)), run->delay.grok.has_value()});
  }
  return median_survival_estimate(times);
}

/// Test accuracy reached, run by run.
report::Chart accuracies(const TimedMeasurement& m, const std::string& id, const std::string& title) {
  std::vector<report::XyPoint> points;
  for (const TimedRun& run : m.runs) {
    points.push_back({fmt::format("{} {}", run.series, run.x), static_cast<double>(run.seed), run.best_test_accuracy});
  }
  return report::make_xy_chart(points, {.id = id,
                                        .title = title,
                                        .caption = "The best test accuracy that each run reached within its budget.",
                                        .x_title = "seed",
                                        .y_title = "best test accuracy",
                                        .fraction_y = true,
                                        .lines = false});
}

std::vector<report::Chart> stable_max_figures(const TimedMeasurement& m) {
  return {accuracies(m, "prieto-stable-max", "Without weight decay: cross-entropy and StableMax")};
}
std::vector<report::Chart> orthogonal_figures(const TimedMeasurement& m) {
  return {accuracies(m, "prieto-orthogonal", "Without weight decay: orthogonal gradients")};
}
Test plain_test(const TimedMeasurement& m) {
  return {"fraction of runs that generalise with cross-entropy in float32 and no weight decay",
          fmt::format("below {}: hardly a run", kHalf), grokked_fraction(m, kPlain, {1}), must_be_below(kHalf)};
}

}  // namespace

TimedSizes stable_max_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  s.conditions = {plain(scale),
                  {kStable, 1, {"loss.kind=stable_max", "optim.beta2=0.999"}, budget(scale, 40000, 80000)}};
  return s;
}

Judgement judge_stable_max(const TimedMeasurement& m) {
  const Estimate stable = grokked_fraction(m, kStable, {1});
  const Criterion further = must_be_above(kFurther);
  const std::vector<double> gains = per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const TimedRun *a = find_timed(m, seed, kStable, 1), *b = find_timed(m, seed, kPlain, 1);
    return a == nullptr || b == nullptr ? std::nan("") : a->best_test_accuracy - b->best_test_accuracy;
  });
  Judgement result;
  result.tests = {{"fraction of runs that generalise with StableMax and no weight decay",
                   fmt::format("above {}: most runs", kHalf), stable, must_be_above(kHalf)},
                  plain_test(m),
                  {"best test accuracy with StableMax less that with cross-entropy",
                   fmt::format("above {}: it goes further, whether or not it generalises altogether", kFurther),
                   mean_estimate(gains, further.level()), further, false}};
  result.ours = fmt::format("StableMax: {:.0f} % generalise, best test accuracy {}; cross-entropy: {:.0f} %, {}",
                            100 * stable.value, estimate_text(mean_over(m, kStable, 1, &TimedRun::best_test_accuracy)),
                            100 * result.tests[1].effect.value,
                            estimate_text(mean_over(m, kPlain, 1, &TimedRun::best_test_accuracy)));
  finish_timed(m, result);
  result.published = {{kStableMaxFraction, stable}, {kPlainFraction, result.tests[1].effect}};
  return result;
}

TimedSizes orthogonal_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  const std::vector<std::string> across = {"optim.kind=orthogonal", "loss.form=framework", "optim.beta2=0.99"};
  s.conditions = {
      plain(scale),
      {kAcross, 1, across, budget(scale, 3000, 3000)},
      {kDecay, 1, {"loss.form=framework", "optim.beta2=0.99", "optim.weight_decay=4"}, budget(scale, 3000, 3000)}};
  TimedCondition control{kRandom, 1, across, budget(scale, 1000, 1000)};
  control.settings.push_back("task.labels=random");
  s.conditions.push_back(control);
  return s;
}

Judgement judge_orthogonal(const TimedMeasurement& m) {
  const Criterion soon = must_be_below(std::log(kNoDelay), EffectScale::kLnRatio),
                  as_fast = must_be_below(std::log(kAsFast), EffectScale::kLnRatio);
  const Estimate across = grokked_fraction(m, kAcross, {1});
  const std::vector<double> delays = log_delays(m, kAcross);
  const std::vector<double> against = per_seed(
      m.sizes.seeds, [&](std::int64_t seed) { return log_grok(m, seed, kDecay, 1) - log_grok(m, seed, kAcross, 1); });
  Judgement result;
  result.tests = {
      {"fraction of runs that generalise with orthogonal gradients and no weight decay",
       fmt::format("above {}: most runs", kHalf), across, must_be_above(kHalf)},
      {"ln(T_grok / T_fit) with orthogonal gradients", fmt::format("below ln {}: without the delay", kNoDelay),
       mean_estimate(delays, soon.level()), soon},
      plain_test(m),
      {"a reader's objection: ln(T_grok with weight decay 4 / with orthogonal gradients), same learning rate",
       fmt::format("below ln {}: a large weight decay does as well", kAsFast), mean_estimate(against, as_fast.level()),
       as_fast, false},
      {"control: fraction that reaches the accuracy with random labels, whose rows nothing can predict",
       fmt::format("below {}", kHalf), grokked_fraction(m, kRandom, {1}), must_be_below(kHalf), false}};
  result.ours = fmt::format(
      "T_grok {:.0f} with orthogonal gradients, {} times T_fit; {:.0f} with weight decay 4 (medians)",
      median_grok(m, kAcross, 1), estimate_text(exponential(mean_estimate(delays))), median_grok(m, kDecay, 1));
  finish_timed(m, result);
  result.published = {
      {kOrthogonalFraction, across}, {kPlainFraction, result.tests[2].effect}, {kTunedDecay, median_beside(m, kDecay)}};
  return result;
}

Claim claim_stable_max() {
  return make_timed_claim({.id = "stable-max",
                           .title = "StableMax generalises without weight decay",
                           .statement =
                               "Without weight decay, cross-entropy in float32 stops before it generalises; with "
                               "StableMax in place of softmax networks generalise.",
                           .paper = "StableMax: test accuracy 1 within 80,000 steps; cross-entropy: none (Fig. 1)",
                           .sizes = stable_max_sizes,
                           .judge = judge_stable_max,
                           .figures = stable_max_figures});
}

Claim claim_orthogonal() {
  return make_timed_claim({.id = "orthogonal",
                           .title = "Orthogonal gradients generalise at once",
                           .statement =
                               "With the part of the gradient along the weights taken out, networks generalise "
                               "without weight decay and without the delay.",
                           .paper = "test accuracy 1 within 300 steps (Fig. 1)",
                           .sizes = orthogonal_sizes,
                           .judge = judge_orthogonal,
                           .figures = orthogonal_figures});
}

}  // namespace groklab::studies::prieto2025
