// See claims.h.
#include "groklab/studies/delay-exponents/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/studies/delay-exponents/published.h"

namespace groklab::studies::delay_exponents {
namespace {

/// An exponent beside the one that is published, as a test of equivalence.
Test exponent_test(const ConditionMeasurement& m, Factor factor, Time time, const PublishedNumber& published,
                   double margin, const std::string& reason) {
  const Criterion criterion = must_lie_within(margin);
  return {fmt::format("{}, less the published {}", published.what, published.value),
          fmt::format("within {}: {}", margin, reason),
          exponent_less(m, factor, time, published.value, criterion.level()), criterion};
}

Test bend_test(const ConditionMeasurement& m, Time time) {
  const Criterion criterion = must_lie_within(kInverseDecayMargin);
  return {"exponent in lambda over the upper half of its values, less that over the lower half",
          fmt::format("within {}: one power law over the whole range", kInverseDecayMargin),
          bend(m, Factor::kWeightDecay, time, criterion.level()), criterion, false};
}

PublishedBeside beside(const ConditionMeasurement& m, Factor factor, Time time, const PublishedNumber& published) {
  return {published, mean_estimate(exponents(m, factor, time))};
}

/// Seeds, censoring, and each seed's exponents.
void finish(const ConditionMeasurement& m, Time time, std::initializer_list<Factor> factors, Judgement& result) {
  result.n_seeds = result.tests.front().effect.n;
  count_censored(m, result);
  for (const Factor factor : factors) {
    result.data[fmt::format("exponents_{}", factor_symbol(factor))] = exponents(m, factor, time);
  }
}

Claim make_condition_claim(const char* id, const char* title, const char* statement, const char* paper,
                           ConditionSizes (*sizes)(const Scale&), Judgement (*judge)(const ConditionMeasurement&),
                           std::vector<report::Chart> (*figures)(const ConditionMeasurement&)) {
  return make_claim<ConditionSizes, ConditionRuns, ConditionMeasurement>({.id = id,
                                                                          .title = title,
                                                                          .statement = statement,
                                                                          .paper = paper,
                                                                          .sizes = sizes,
                                                                          .plan = plan_conditions,
                                                                          .measure = measure_conditions,
                                                                          .judge = judge,
                                                                          .figures = figures});
}

std::vector<double> learning_rates() { return {2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3}; }
/// From one end to the other of the range that kTransformerDecay was fitted over.
std::vector<double> weight_decays() { return {0.1, 0.3, 1, 2}; }

std::vector<report::Chart> inverse_rate_figures(const ConditionMeasurement& m) {
  return {times_chart(m, Factor::kWeightDecay, {{"1/lambda", -1}, {"lambda^-0.757", -0.757}}, "inverse-rate-decay"),
          times_chart(m, Factor::kLearningRate, {{"1/eta", -1}, {"eta^-0.5", -0.5}}, "inverse-rate-rate")};
}

std::vector<report::Chart> four_exponents_figures(const ConditionMeasurement& m) {
  return {times_chart(m, Factor::kWeightDecay, {{"lambda^-0.64", -0.64}}, "four-exponents-decay"),
          times_chart(m, Factor::kLearningRate, {{"eta^-0.50", -0.5}}, "four-exponents-rate"),
          times_chart(m, Factor::kRows, {{"D^-2.04", -2.04}}, "four-exponents-rows"),
          times_chart(m, Factor::kWidth, {{"H^-0.27", -0.27}}, "four-exponents-width")};
}

std::vector<report::Chart> decay_exponent_figures(const ConditionMeasurement& m) {
  return {times_chart(m, Factor::kWeightDecay, {{"lambda^-0.757", -0.757}, {"1/lambda", -1}}, "decay-exponent-times")};
}

std::vector<report::Chart> critical_decay_figures(const ConditionMeasurement& m) {
  return {times_chart(m, Factor::kWeightDecay, {{"1/lambda", -1}}, "critical-decay-times")};
}

}  // namespace

ConditionSizes inverse_rate_sizes(const Scale& scale) {
  ConditionSizes s = base_sizes(scale);
  s.weight_decays = {0.1, 0.3, 0.5, 1};  // the publication's own
  s.learning_rates = learning_rates();
  return s;
}

Judgement judge_inverse_rate(const ConditionMeasurement& m) {
  const Time time = Time::kGrokLessFit;
  Judgement result;
  result.tests = {exponent_test(m, Factor::kWeightDecay, time, kInverseDecay, kInverseDecayMargin,
                                "nearer to 1/lambda than to the next published exponent, -0.757"),
                  exponent_test(m, Factor::kLearningRate, time, kInverseRate, kRateMargin,
                                "nearer to 1/eta than to the other published exponent, -0.50"),
                  bend_test(m, time)};
  result.published = {beside(m, Factor::kWeightDecay, time, kInverseDecay),
                      beside(m, Factor::kLearningRate, time, kInverseRate),
                      beside(m, Factor::kWeightDecay, Time::kGrok, kMediansSlope)};
  result.ours = fmt::format("T_grok - T_fit goes as {} and {}", exponent_text(m, Factor::kWeightDecay, time),
                            exponent_text(m, Factor::kLearningRate, time));
  finish(m, time, {Factor::kWeightDecay, Factor::kLearningRate}, result);
  return result;
}

ConditionSizes four_exponents_sizes(const Scale& scale) {
  ConditionSizes s = base_sizes(scale);
  s.weight_decays = weight_decays();
  s.learning_rates = learning_rates();
  s.rows = scale.name == "smoke"   ? std::vector<std::int64_t>{230, 245, 260}
           : scale.name == "quick" ? std::vector<std::int64_t>{529, 577, 672, 769, 865}        // 55 to 90 %
                                   : std::vector<std::int64_t>{2823, 3293, 3763, 4704, 5645};  // 30 to 60 %
  s.widths = {s.base.width / 2, s.base.width, 2 * s.base.width, 4 * s.base.width};
  return s;
}

Judgement judge_four_exponents(const ConditionMeasurement& m) {
  const Time time = Time::kGrok;
  Judgement result;
  result.tests = {
      exponent_test(m, Factor::kWeightDecay, time, kSweepDecay, kDecayMargin,
                    "nearer to it than to the next published exponent, -0.757"),
      exponent_test(m, Factor::kLearningRate, time, kSweepRate, kRateMargin,
                    "nearer to it than to the other published exponent, -1"),
      exponent_test(m, Factor::kRows, time, kSweepRows, kRowsMargin, "nearer to it than to the next whole powers"),
      exponent_test(m, Factor::kWidth, time, kSweepWidth, kWidthMargin, "nearer to it than to no dependence on width")};
  result.published = {beside(m, Factor::kWidth, time, kSweepWidth), beside(m, Factor::kRows, time, kSweepRows),
                      beside(m, Factor::kLearningRate, time, kSweepRate),
                      beside(m, Factor::kWeightDecay, time, kSweepDecay)};
  result.ours = fmt::format("T_grok goes as {}, {}, {} and {}, one at a time", exponent_text(m, Factor::kWidth, time),
                            exponent_text(m, Factor::kRows, time), exponent_text(m, Factor::kLearningRate, time),
                            exponent_text(m, Factor::kWeightDecay, time));
  finish(m, time, {Factor::kWeightDecay, Factor::kLearningRate, Factor::kRows, Factor::kWidth}, result);
  return result;
}

ConditionSizes decay_exponent_sizes(const Scale& scale) {
  ConditionSizes s = base_sizes(scale);
  s.weight_decays = weight_decays();
  return s;
}

Judgement judge_decay_exponent(const ConditionMeasurement& m) {
  const Time time = Time::kGrok;
  Judgement result;
  result.tests = {exponent_test(m, Factor::kWeightDecay, time, kTransformerDecay, kDecayMargin,
                                "nearer to it than to the next published exponent, -0.64"),
                  bend_test(m, time)};
  result.published = {beside(m, Factor::kWeightDecay, time, kTransformerDecay)};
  result.ours = fmt::format("T_grok goes as {}", exponent_text(m, Factor::kWeightDecay, time));
  finish(m, time, {Factor::kWeightDecay}, result);
  return result;
}

ConditionSizes critical_decay_sizes(const Scale& scale) {
  ConditionSizes s = base_sizes(scale);
  s.weight_decays = {0.01, 1};  // below the published interval of lambda_c, and the default
  s.steps = 3000;
  if (scale.name == "smoke") {
    s.weight_decays = {0.3, 1};
  } else if (scale.name == "quick") {
    s.base.rows = 769;  // 80 %, where runs of a hundredfold length take seconds
  } else {
    s.steps = 20000;
  }
  return s;
}

Judgement judge_critical_decay(const ConditionMeasurement& m) {
  const double smallest = m.sizes.weight_decays.front();
  std::int64_t n = 0, generalised = 0;
  std::vector<Duration> small, base;
  for (const TimedRun& run : m.runs) {
    if (!run.delay.fit) continue;
    const Duration time = {static_cast<double>(run.delay.grok.value_or(run.delay.budget)), run.delay.grok.has_value()};
    if (run.condition.weight_decay != smallest) {
      base.push_back(time);
      continue;
    }
    small.push_back(time);
    ++n;
    generalised += run.delay.grok ? 1 : 0;
  }
  Judgement result;
  result.tests = {
      {fmt::format("fraction of runs that generalise at lambda = {}", smallest),
       fmt::format("below {}: hardly a run generalises below lambda_c, however long it is trained (Wilson's "
                   "interval)",
                   kRareFraction),
       wilson_estimate(generalised, n), must_be_below(kRareFraction)}};
  result.ours =
      fmt::format("{} of {} generalise at lambda = {}, at step {:.0f} (median); at lambda = {} it is {:.0f}",
                  generalised, n, smallest, median_survival(small), m.sizes.base.weight_decay, median_survival(base));
  result.n_seeds = n;
  count_censored(m, result);
  result.data["exponents_lambda"] = exponents(m, Factor::kWeightDecay, Time::kGrok);
  result.notes = {
      fmt::format("The exponent between the two values of lambda is {}. A budget that does not grow as "
                  "1/lambda makes a threshold of a power law.",
                  exponent_text(m, Factor::kWeightDecay, Time::kGrok))};
  result.published = {{kCriticalDecay, {std::nan(""), std::nan(""), std::nan(""), 0}}};
  return result;
}

Claim claim_inverse_rate() {
  return make_condition_claim(
      "inverse-rate", "The delay is 1 / (eta lambda)",
      "The time between fitting and generalising is inversely proportional to learning rate and to weight decay.",
      "T_grok - T_mem ~ 1 / (eta lambda) (arXiv:2603.13331); its medians at p = 97 fall as lambda^-0.81",
      inverse_rate_sizes, judge_inverse_rate, inverse_rate_figures);
}

Claim claim_four_exponents() {
  return make_condition_claim("four-exponents", "A power law of four hyper-parameters",
                              "The time to generalise is a power law of width, rows, learning rate and weight decay.",
                              "T_grok ~ H^-0.27 D^-2.04 eta^-0.50 lambda^-0.64, 384 MLPs (OpenReview TGqGmGZ2Hz)",
                              four_exponents_sizes, judge_four_exponents, four_exponents_figures);
}

Claim claim_decay_exponent() {
  return make_condition_claim("decay-exponent", "lambda^-0.757",
                              "Between lambda 0.1 and 2 the time to generalise is a power law of weight decay.",
                              "nu = 0.757 [0.725, 0.799] (arXiv:2605.20441)", decay_exponent_sizes,
                              judge_decay_exponent, decay_exponent_figures);
}

Claim claim_critical_decay() {
  return make_condition_claim(
      "critical-decay", "A critical weight decay",
      "Below a critical weight decay hardly a run generalises: the network goes on memorising.",
      "lambda_c = 0.0158 [0.0109, 0.0200], a fit of grok rates within one budget (arXiv:2605.20441)",
      critical_decay_sizes, judge_critical_decay, critical_decay_figures);
}

}  // namespace groklab::studies::delay_exponents
