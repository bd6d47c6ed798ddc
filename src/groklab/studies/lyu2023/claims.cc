// See claims.h.
#include "groklab/studies/lyu2023/claims.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/studies/lyu2023/published.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::lyu2023 {
namespace {

constexpr double kRate = 1e-3;  // eta, of all runs

/// eta lambda times the least-squares slope of T_grok over ln alpha, of each seed; NaN with a run that did not
/// generalise, whose time is not known.
std::vector<double> slopes(const TimedMeasurement& m, const char* series, double lambda) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    double n = 0, x_sum = 0, y_sum = 0, xx = 0, xy = 0;
    for (const double alpha : values_of_series(m.sizes, series)) {
      const TimedRun* run = find_timed(m, seed, series, alpha);
      if (run == nullptr || !run->delay.grok) return std::nan("");
      const double x = std::log(alpha), y = kRate * lambda * static_cast<double>(*run->delay.grok);
      n += 1;
      x_sum += x;
      y_sum += y;
      xx += x * x;
      xy += x * y;
    }
    return (xy - x_sum * y_sum / n) / (xx - x_sum * x_sum / n);
  });
}

Test slope_test(const TimedMeasurement& m, const char* series, double lambda) {
  const Criterion near = must_lie_within(kSlopeMargin);
  std::vector<double> less = slopes(m, series, lambda);
  for (double& s : less) s -= kSlope.value;
  return {fmt::format("eta lambda dT_grok / d ln alpha at {}, less {}", series, kSlope.value),
          fmt::format("within {}: nearer to the theory's slope than to none", kSlopeMargin),
          mean_estimate(less, near.level()), near};
}

std::vector<report::Chart> figures(const TimedMeasurement& m) {
  return {timed_chart(m, "lyu-log-scale", "Time to generalise against initial scale",
                      "alpha, factor on initial weights", true)};
}

}  // namespace

TimedSizes log_scale_sizes(const Scale& scale) {
  TimedSizes s;
  std::int64_t steps = 25000;
  if (scale.name == "smoke") {
    s.network = modular_mlp(17, 32, 64, "relu");
    s.seeds = chosen_seeds(scale, {1000, 2});
    s.rows = 240;
    steps = 1000;
  } else if (scale.name == "quick") {
    s.network = modular_mlp(31, 64, 128, "relu");
    s.seeds = chosen_seeds(scale, {5000, 5});
    s.rows = 672;  // 70 %
  } else if (scale.name == "standard") {
    s.network = modular_mlp(97, 128, 128, "relu");
    s.seeds = chosen_seeds(scale, {6000, 5});
    s.rows = 3763;  // 40 %
    steps = 40000;
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.settings = {"model.biases=none", fmt::format("optim.learning_rate={}", kRate)};
  s.evaluations_per_decade = 100;
  const auto add = [&](const char* series, double lambda, double alpha, std::int64_t budget) {
    s.conditions.push_back({series,
                            alpha,
                            {fmt::format("optim.weight_decay={}", lambda), fmt::format("model.init_scale={}", alpha)},
                            budget});
  };
  for (const double alpha : {8.0, 16.0, 32.0, 64.0}) add(kDecay1, 1, alpha, steps);
  for (const double alpha : {8.0, 32.0}) add(kDecayHalf, 0.5, alpha, 2 * steps);
  add(kNoDecay, 0, 8, scale.name == "smoke" ? steps : 12000);
  return s;
}

Judgement judge_log_scale(const TimedMeasurement& m) {
  Judgement result;
  const Estimate none = grokked_fraction(m, kNoDecay, {8});
  result.tests = {slope_test(m, kDecay1, 1),
                  slope_test(m, kDecayHalf, 0.5),
                  {"fraction of runs that generalise from weights 8 times as large without weight decay",
                   fmt::format("below {}: hardly a run", kHalf), none, must_be_below(kHalf)}};
  const Estimate one = mean_estimate(slopes(m, kDecay1, 1)), half = mean_estimate(slopes(m, kDecayHalf, 0.5));
  result.ours = fmt::format("slope {} at lambda 1, {} at lambda 0.5; {:.0f} % generalise without weight decay",
                            estimate_text(one), estimate_text(half), 100 * none.value);
  finish_timed(m, result);
  result.censoring = "seeds with a run that did not generalise have no slope";
  result.published = {{kSlope, one}, {kSlope, half}, {kWithoutDecay, none}};
  return result;
}

Claim claim_log_scale() {
  return make_timed_claim(
      {.id = "log-scale",
       .title = "The delay grows as ln(alpha) / lambda",
       .statement = "From initial weights alpha times as large a network stays the memorising kernel "
                    "for a time ln(alpha) / (eta lambda), and generalises then.",
       .paper = "a sharp transition at ln(alpha) / lambda under gradient flow, any homogeneous network",
       .sizes = log_scale_sizes,
       .judge = judge_log_scale,
       .figures = figures});
}

}  // namespace groklab::studies::lyu2023
