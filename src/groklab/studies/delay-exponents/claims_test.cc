// The claims on exponents on made-up times.
#include "groklab/studies/delay-exponents/claims.h"

#include <map>

#include "groklab/studies/delay-exponents/published.h"
#include "groklab/studies/reproduction.h"
#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::delay_exponents {
namespace {

using Exponents = std::map<Factor, std::vector<double>>;  ///< of each seed
constexpr double kBaseTime = 1e9;                         // so late that rounding to a step moves no exponent

/// Times that are powers of each hyper-parameter with the exponents of `ours`, or of `known` where it has none.
ConditionMeasurement powers(ConditionSizes sizes, const Exponents& ours, const Exponents& known) {
  sizes.seeds = varma2023::kSeeds;
  SweepPlan plan;
  const ConditionRuns runs = plan_conditions(plan, sizes);
  ConditionMeasurement m{sizes, {}};
  for (const ConditionRuns::Item& item : runs.runs) {
    double time = kBaseTime;
    for (const Factor factor : {Factor::kLearningRate, Factor::kWeightDecay, Factor::kRows, Factor::kWidth}) {
      const auto found = ours.contains(factor) ? ours.find(factor) : known.find(factor);
      if (found == known.end()) continue;
      const double exponent = found->second.at(static_cast<std::size_t>(item.seed - sizes.seeds.first));
      time *= std::pow(item.condition.value(factor) / sizes.base.value(factor), exponent);
    }
    m.runs.push_back({item.seed, item.condition, {1, std::llround(time), std::llround(10 * time)}});
  }
  return m;
}

/// Judged from the text that would be stored.
Judgement judge_text(Judgement (*judge)(const ConditionMeasurement&), const ConditionMeasurement& m) {
  const Json json = Json::parse(plain_to_json(m).dump());
  return judge(plain_from_json<ConditionMeasurement>(json, "stored"));
}

std::vector<double> shifted(std::vector<double> effects, double by) {
  for (double& e : effects) e += by;
  return effects;
}

/// The claim's judgement where one hyper-parameter's exponents less the published one are the effects.
varma2023::JudgeEffects vary(Judgement (*judge)(const ConditionMeasurement&), const ConditionSizes& sizes,
                             Factor factor, double published, const Exponents& known) {
  return [=](const std::vector<double>& effects) {
    return judge_text(judge, powers(sizes, {{factor, shifted(effects, published)}}, known));
  };
}

const std::vector<double> kInverse = varma2023::effects_about(-1, 0.001);

TEST(DelayExponents, InverseRateAsksForBothExponents) {
  const ConditionSizes sizes = inverse_rate_sizes({"quick", 0});
  const Exponents known = {{Factor::kWeightDecay, kInverse}, {Factor::kLearningRate, kInverse}};
  varma2023::expect_equivalent(vary(judge_inverse_rate, sizes, Factor::kWeightDecay, -1, known), 0, kInverseDecayMargin,
                               0.05);
  varma2023::expect_equivalent(vary(judge_inverse_rate, sizes, Factor::kLearningRate, -1, known), 1, kRateMargin, 0.05);
}

TEST(DelayExponents, FourExponentsAsksForEach) {
  const ConditionSizes sizes = four_exponents_sizes({"quick", 0});
  const std::map<Factor, std::pair<double, double>> rules = {{Factor::kWeightDecay, {kSweepDecay.value, kDecayMargin}},
                                                             {Factor::kLearningRate, {kSweepRate.value, kRateMargin}},
                                                             {Factor::kRows, {kSweepRows.value, kRowsMargin}},
                                                             {Factor::kWidth, {kSweepWidth.value, kWidthMargin}}};
  Exponents known;
  for (const auto& [factor, rule] : rules) known[factor] = varma2023::effects_about(rule.first, 0.001);
  std::size_t test = 0;
  for (const Factor factor : {Factor::kWeightDecay, Factor::kLearningRate, Factor::kRows, Factor::kWidth}) {
    const auto& [published, margin] = rules.at(factor);
    varma2023::expect_equivalent(vary(judge_four_exponents, sizes, factor, published, known), test++, margin, 0.03);
  }
}

TEST(DelayExponents, DecayExponentAsksForThePublishedOne) {
  const ConditionSizes sizes = decay_exponent_sizes({"quick", 0});
  varma2023::expect_equivalent(vary(judge_decay_exponent, sizes, Factor::kWeightDecay, kTransformerDecay.value, {}), 0,
                               kDecayMargin, 0.03);
}

// Catches: margins so wide that laws that contradict each other are confirmed by the same runs.
TEST(DelayExponents, NoRunsConfirmTwoPublishedExponentsOfWeightDecay) {
  for (double exponent = -1.2; exponent < -0.4; exponent += 0.005) {
    const Exponents ours = {{Factor::kWeightDecay, varma2023::effects_about(exponent, 0.0005)}};
    Exponents all = ours;
    all[Factor::kLearningRate] = kInverse;
    int confirmed = 0;
    confirmed +=
        judge_inverse_rate(powers(inverse_rate_sizes({"quick", 0}), all, {})).tests[0].verdict == Verdict::kConfirmed;
    confirmed += judge_decay_exponent(powers(decay_exponent_sizes({"quick", 0}), ours, {})).tests[0].verdict ==
                 Verdict::kConfirmed;
    confirmed += judge_four_exponents(powers(four_exponents_sizes({"quick", 0}), all, {})).tests[0].verdict ==
                 Verdict::kConfirmed;
    EXPECT_LE(confirmed, 1) << exponent;
  }
}

TEST(DelayExponents, ABendIsShownAndDoesNotCount) {
  const ConditionSizes sizes = decay_exponent_sizes({"quick", 0});
  ConditionMeasurement m = powers(sizes, {{Factor::kWeightDecay, varma2023::effects_about(-0.757, 0.001)}}, {});
  EXPECT_EQ(judge_decay_exponent(m).tests[1].verdict, Verdict::kConfirmed);
  for (TimedRun& run : m.runs) {  // a floor below which no run generalises
    run.delay.grok = std::max<std::int64_t>(*run.delay.grok, std::llround(kBaseTime));
  }
  const Judgement bent = judge_decay_exponent(m);
  EXPECT_EQ(bent.tests[1].verdict, Verdict::kRefuted);
  EXPECT_FALSE(bent.tests[1].counts);
}

TEST(DelayExponents, RunsBeyondTheirBudgetCountAsLonger) {
  ConditionMeasurement m =
      powers(decay_exponent_sizes({"quick", 0}), {{Factor::kWeightDecay, varma2023::effects_about(-0.757, 0.001)}}, {});
  const double before = judge_decay_exponent(m).tests[0].effect.value;
  for (TimedRun& run : m.runs) {
    if (run.condition.weight_decay != 0.1 || run.seed != m.sizes.seeds.first) continue;
    run.delay.budget = *run.delay.grok / 2;
    run.delay.grok.reset();
  }
  const Judgement result = judge_text(judge_decay_exponent, m);
  EXPECT_EQ(result.n_censored, 1);
  EXPECT_EQ(result.tests[0].effect.n, 5);
  EXPECT_NEAR(result.tests[0].effect.value, before, 0.01) << "half the time is no bound that says otherwise";
}

TEST(DelayExponents, CriticalDecayCountsRunsThatGeneralise) {
  ConditionMeasurement m = powers(critical_decay_sizes({"quick", 0}), {}, {{Factor::kWeightDecay, kInverse}});
  EXPECT_EQ(judge_text(judge_critical_decay, m).verdict(), Verdict::kRefuted) << "five of five";
  std::int64_t failed = 0;
  for (TimedRun& run : m.runs) {
    if (run.condition.weight_decay != 0.01) continue;
    run.delay.grok.reset();
    const Judgement result = judge_critical_decay(m);
    EXPECT_EQ(result.n_censored, ++failed);
    EXPECT_EQ(result.verdict(), failed == 5 ? Verdict::kConfirmed : Verdict::kInconclusive) << failed;
  }
}

TEST(DelayExponents, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim :
       {claim_inverse_rate(), claim_four_exponents(), claim_decay_exponent(), claim_critical_decay()}) {
    SweepPlan plan;
    const Claim::Measure measure = claim.plan(plan, claim.sizes({"quick", 0}));
    const Json nothing = measure(RunResults(plan.runs.size()));
    varma2023::expect_undecided_without_runs(claim.judge(nothing));
    EXPECT_FALSE(claim.figures(nothing).empty());
  }
}

TEST(DelayExponents, PublishedNumbersStandBesideOurs) {
  Measurements measurements;
  measurements.study = "delay-exponents";
  measurements.summary.scale = "quick";
  measurements.summary.seeds = varma2023::kSeeds;
  measurements.claims = {
      {"decay-exponent", plain_to_json(powers(decay_exponent_sizes({"quick", 0}),
                                              {{Factor::kWeightDecay, varma2023::effects_about(-0.9, 0.01)}}, {}))}};
  const Reproduction r = judge_measurements(measurements);
  const Json row = reproduction_json(r).at("claims").at(0).at("published").at(0);
  EXPECT_EQ(row.at("published"), -0.757);
  EXPECT_EQ(row.at("published_low"), -0.799);
  EXPECT_EQ(row.at("source"), kDecayRegimes);
  EXPECT_NEAR(row.at("here").get<double>(), -0.9, 1e-6);
  EXPECT_LT(row.at("ci_low"), row.at("ci_high"));
  const std::string page = reproduction_page(r);
  for (const char* text : {"-0.757 [-0.799, -0.725]", kDecayRegimes, "As published:", "What differs here:"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(published_text(kSweepWidth), "-0.27");
}

TEST(DelayExponents, ClaimsShareRunsAndBudgetsFollowTheRate) {
  SweepPlan plan;
  const ConditionSizes sizes = four_exponents_sizes({"quick", 0});
  const ConditionRuns four = plan_conditions(plan, sizes);
  EXPECT_EQ(four.runs.size(), 5u * (1 + 3 + 4 + 4 + 3));
  EXPECT_EQ(plan.runs.size(), four.runs.size());
  plan_conditions(plan, decay_exponent_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), four.runs.size()) << "the same runs";
  for (const PlannedRun& run : plan.runs) {
    const Config& c = run.config;
    EXPECT_NEAR(static_cast<double>(c.train.steps) * c.optim.learning_rate * c.optim.weight_decay, 30, 0.01);
    EXPECT_EQ(c.model.architecture, "mlp");
  }
}

}  // namespace
}  // namespace groklab::studies::delay_exponents
