// See claims.h.
#include "groklab/studies/notsawo2025/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/studies/notsawo2025/published.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::notsawo2025 {
namespace {

TimedSizes base_sizes(const Scale& scale) {
  TimedSizes s = modular_mlp_sizes(scale);
  s.settings = {"optim.kind=adam", "optim.weight_decay=0"};
  return s;
}

TimedCondition penalised(const char* series, double weight, std::int64_t steps) {
  const std::string key = series == std::string(kL1)        ? "penalty.l1.weight"
                          : series == std::string(kNuclear) ? "penalty.nuclear.weight"
                                                            : "optim.weight_decay";
  return {series, weight, {fmt::format("{}={}", key, weight)}, steps};
}

std::int64_t budget(const Scale& scale) { return scale.name == "smoke" ? 400 : scale.name == "quick" ? 12000 : 40000; }

/// Weights of the claims that ask whether, one for each penalty.
void add_penalties(TimedSizes& s, const Scale& scale) {
  s.conditions.push_back(penalised(kL1, 1e-5, budget(scale)));
  s.conditions.push_back(penalised(kNuclear, 1e-4, scale.name == "quick" ? 4000 : budget(scale)));
  s.conditions.push_back(penalised(kL2, 1e-4, budget(scale)));
}

/// Slope of ln(T_grok - T_fit) over ln weight is that of ln T_grok if fitting is early; here it is taken of T_grok less
/// T_fit, so that fitting, which no penalty hurries, does not flatten it.
std::vector<double> delay_exponents(const TimedMeasurement& m, const char* series) {
  TimedMeasurement delays = m;
  for (TimedRun& run : delays.runs) {
    const std::int64_t fit = run.delay.fit.value_or(0);
    if (run.delay.grok) run.delay.grok = std::max<std::int64_t>(*run.delay.grok - fit, 1);
    run.delay.budget = std::max<std::int64_t>(run.delay.budget - fit, 1);
  }
  return log_slopes(delays, series, true);
}

Test exponent_test(const TimedMeasurement& m, const char* series) {
  const Criterion near = must_lie_within(kExponentMargin);
  std::vector<double> less = delay_exponents(m, series);
  for (double& e : less) e -= kInverse.value;
  return {fmt::format("exponent of T_grok - T_fit in the weight of the {} penalty, less {}", series, kInverse.value),
          fmt::format("within {}: nearer to an inverse than to no dependence", kExponentMargin),
          mean_estimate(less, near.level()), near};
}

/// ln(norm where it generalises / norm where it fitted) of each seed.
std::vector<double> log_norms(const TimedMeasurement& m, const char* series, double x) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const TimedRun* run = find_timed(m, seed, series, x);
    return run == nullptr ? std::nan("") : std::log(run->norm_at_grok / run->norm_at_fit);
  });
}

double weight_of(const TimedMeasurement& m, const char* series) {
  const std::vector<double> values = values_of_series(m.sizes, series);
  return values.empty() ? std::nan("") : values.front();
}

Test norm_test(const TimedMeasurement& m, const char* series, bool counts) {
  const Criterion grows = must_be_above(0, EffectScale::kLnRatio);
  return {fmt::format("ln(Euclidean norm at T_grok / at T_fit) with the {} penalty", series),
          "above 0: it has grown, and the network generalises all the same",
          mean_estimate(log_norms(m, series, weight_of(m, series)), grows.level()), grows, counts};
}

std::vector<report::Chart> each_norm_figures(const TimedMeasurement& m) {
  return {timed_chart(m, "norms-each", "Time to generalise with each penalty", "weight of the penalty", true)};
}
std::vector<report::Chart> inverse_figures(const TimedMeasurement& m) {
  return {timed_chart(m, "norms-inverse", "Time to generalise against the weight of the penalty",
                      "weight of the penalty", true)};
}
std::vector<report::Chart> no_figures(const TimedMeasurement&) { return {}; }

}  // namespace

TimedSizes each_norm_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  add_penalties(s, scale);
  s.conditions.push_back({kNone, 1, {}, budget(scale)});
  TimedCondition control = penalised(kRandom, 1e-5, scale.name == "smoke" ? 400 : 4000);
  control.settings = {"penalty.l1.weight=1e-5", "task.labels=random"};
  s.conditions.push_back(control);
  return s;
}

Judgement judge_each_norm(const TimedMeasurement& m) {
  const auto fraction = [&](const char* series) { return grokked_fraction(m, series, {weight_of(m, series)}); };
  const Estimate l1 = fraction(kL1), nuclear = fraction(kNuclear), none = fraction(kNone);
  Judgement result;
  result.tests = {{"fraction of runs that generalise with a small L1 penalty",
                   fmt::format("above {}: most runs", kHalf), l1, must_be_above(kHalf)},
                  {"fraction of runs that generalise with a small nuclear penalty",
                   fmt::format("above {}: most runs", kHalf), nuclear, must_be_above(kHalf)},
                  {"fraction of runs that generalise without a penalty",
                   fmt::format("below {}: hardly a run within the same budget", kHalf), none, must_be_below(kHalf)},
                  {"the same with a small L2 penalty", fmt::format("above {}: most runs", kHalf), fraction(kL2),
                   must_be_above(kHalf), false},
                  {"control: fraction that reaches the accuracy with random labels, whose rows nothing can predict",
                   fmt::format("below {}", kHalf), fraction(kRandom), must_be_below(kHalf), false}};
  result.ours =
      fmt::format("L1 {:.0f} %, nuclear {:.0f} %, none {:.0f} %; T_grok {:.0f}, {:.0f} and, with L2, {:.0f} (medians)",
                  100 * l1.value, 100 * nuclear.value, 100 * none.value, median_grok(m, kL1, weight_of(m, kL1)),
                  median_grok(m, kNuclear, weight_of(m, kNuclear)), median_grok(m, kL2, weight_of(m, kL2)));
  finish_timed(m, result);
  result.published = {{kOfL1, l1}, {kOfNuclear, nuclear}, {kOfNone, none}};
  return result;
}

TimedSizes inverse_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  for (const double weight : {1e-6, 1e-5, 1e-4}) s.conditions.push_back(penalised(kL1, weight, budget(scale)));
  for (const double weight : {1e-5, 1e-4, 1e-3}) s.conditions.push_back(penalised(kL2, weight, budget(scale)));
  return s;
}

Judgement judge_inverse(const TimedMeasurement& m) {
  Judgement result;
  result.tests = {exponent_test(m, kL1), exponent_test(m, kL2)};
  const Estimate l1 = mean_estimate(delay_exponents(m, kL1)), l2 = mean_estimate(delay_exponents(m, kL2));
  result.ours = fmt::format("exponents {} (L1) and {} (L2) over two decades of the weight, under Adam",
                            estimate_text(l1), estimate_text(l2));
  finish_timed(m, result);
  result.published = {{kInverse, l1}, {kInverse, l2}};
  return result;
}

TimedSizes no_proxy_sizes(const Scale& scale) {
  TimedSizes s = base_sizes(scale);
  add_penalties(s, scale);
  return s;
}

Judgement judge_no_proxy(const TimedMeasurement& m) {
  Judgement result;
  result.tests = {norm_test(m, kL1, true), norm_test(m, kNuclear, true), norm_test(m, kL2, false)};
  const auto factor = [&](const char* series) {
    return estimate_text(exponential(mean_estimate(log_norms(m, series, weight_of(m, series)))));
  };
  result.ours = fmt::format("from T_fit to T_grok the Euclidean norm changes by {} (L1), {} (nuclear), {} (L2)",
                            factor(kL1), factor(kNuclear), factor(kL2));
  finish_timed(m, result);
  return result;
}

Claim claim_each_norm() {
  return make_timed_claim({.id = "each-norm",
                           .title = "Other penalties make networks generalise",
                           .statement =
                               "A small L1 or nuclear penalty makes a network generalise late, where without a "
                               "penalty it does not.",
                           .paper = "modular addition, p = 97, 40 %, Adam, weights from 5e-9 to 1e-4",
                           .sizes = each_norm_sizes,
                           .judge = judge_each_norm,
                           .figures = each_norm_figures});
}

Claim claim_inverse() {
  return make_timed_claim({.id = "inverse",
                           .title = "The delay is inverse to the penalty's weight",
                           .statement = "The time between fitting and generalising is inversely proportional to the "
                                        "weight of the penalty.",
                           .paper = "shown for gradient descent; its modular networks are trained with Adam",
                           .sizes = inverse_sizes,
                           .judge = judge_inverse,
                           .figures = inverse_figures});
}

Claim claim_no_proxy() {
  return make_timed_claim({.id = "no-proxy",
                           .title = "The Euclidean norm is no proxy",
                           .statement =
                               "Regularised towards another property, networks generalise while their Euclidean "
                               "norm grows.",
                           .paper = "\"the l2 norm grows in many cases\" (abstract)",
                           .sizes = no_proxy_sizes,
                           .judge = judge_no_proxy,
                           .figures = no_figures});
}

}  // namespace groklab::studies::notsawo2025
