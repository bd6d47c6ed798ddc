// The claim about number formats on made-up runs: confirmed, refuted and undecided.
#include "groklab/studies/prieto2025/collapse.h"

#include "groklab/studies/prieto2025/claims.h"
#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::prieto2025 {
namespace {

/// Of each seed: what a wider format adds to test accuracy, and ln of how much later it collapses; the rows that 16
/// bits leave without gradient; what bfloat16 learns less than float16, and ln of how much sooner it collapses.
struct Formats {
  std::vector<double> further = varma2023::effects_about(0.2, 0.02), later = varma2023::effects_about(0.5, 0.05),
                      stopped = varma2023::effects_about(0.97, 0.01), less = varma2023::effects_about(0.1, 0.02),
                      sooner = varma2023::effects_about(0.3, 0.02);
};

CollapseMeasurement made_up_formats(const Formats& f) {
  CollapseMeasurement m;
  const auto wider = [](const TimedRun& run) { return run.x == 64 ? 2 : run.x == 32 ? 1 : 0; };
  m.timed = made_up_runs(collapse_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    set_no_grok(run);
    run.test_accuracy = 0.2 + wider(run) * f.further[seed];
    if (run.series == kBfloat || run.series == kBfloatSum) run.test_accuracy -= f.less[seed];
  });
  for (const TimedRun& run : m.timed.runs) {
    const auto seed = static_cast<std::size_t>(run.seed - m.timed.sizes.seeds.first);
    const double sooner = run.series == kBfloat ? f.sooner[seed] : 0;
    FormatRun format{run.seed, run.series, run.x, {}, 1000 * kMadeUpFit, 0};
    format.collapse = std::llround(kMadeUpFit * std::exp(wider(run) * f.later[seed] - sooner));
    if (wider(run) == 0) format.without_gradient = f.stopped[seed];
    m.formats.push_back(format);
  }
  return m;
}

Judgement judge_text(Judgement (*judge)(const CollapseMeasurement&), const Formats& f) {
  const Json json = Json::parse(plain_to_json(made_up_formats(f)).dump());
  return judge(plain_from_json<CollapseMeasurement>(json, "stored"));
}

TEST(PrietoCollapse, NarrowFormatsMustCollapseFirstAndLearnLess) {
  EXPECT_EQ(judge_text(judge_collapse, {}).verdict(), Verdict::kConfirmed);
  const auto further = [](const auto& effects) { return judge_text(judge_collapse, {.further = effects}); };
  const auto later = [](const auto& effects) { return judge_text(judge_collapse, {.later = effects}); };
  const auto stopped = [](const auto& effects) { return judge_text(judge_collapse, {.stopped = effects}); };
  EXPECT_EQ(further(varma2023::effects_about(0.05, 0.02)).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(further(varma2023::effects_about(0.05, 0.02)).tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(further(varma2023::effects_about(0.12, 0.02)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(further(varma2023::effects_about(0.11, 0.02)).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(later(varma2023::effects_about(-0.2, 0.05)).tests[2].verdict, Verdict::kRefuted);
  EXPECT_EQ(later(varma2023::effects_about(-0.2, 0.05)).tests[3].verdict, Verdict::kRefuted);
  EXPECT_EQ(later(varma2023::effects_about(0.02, 0.05)).verdict(), Verdict::kInconclusive);
  varma2023::expect_above(stopped, 4, kNearlyAll, 0.02);
}

TEST(PrietoCollapse, FewerBitsMustCollapseFirstAndLearnLess) {
  EXPECT_EQ(judge_text(judge_absorption, {}).verdict(), Verdict::kConfirmed);
  const auto less = [](const auto& effects) { return judge_text(judge_absorption, {.less = effects}); };
  const auto sooner = [](const auto& effects) { return judge_text(judge_absorption, {.sooner = effects}); };
  const auto stopped = [](const auto& effects) { return judge_text(judge_absorption, {.stopped = effects}); };
  varma2023::expect_above(less, 0, 0, 0.02);
  varma2023::expect_above(sooner, 1, 0, 0.02);
  varma2023::expect_above(stopped, 2, kNearlyAll, 0.02);
  const Judgement j = judge_text(judge_absorption, {});
  EXPECT_FALSE(j.tests[3].counts || j.tests[4].counts || j.tests[5].counts);
}

TEST(PrietoCollapse, ARunThatDidNotCollapseCountsByItsBudget) {
  CollapseMeasurement m;
  m.timed = made_up_runs(collapse_sizes({"quick", 0}), [](std::size_t, TimedRun& run) { set_no_grok(run); });
  for (const TimedRun& run : m.timed.runs) m.formats.push_back({run.seed, run.series, run.x, {}, 20000, 0});
  const Judgement none = judge_collapse(m);
  EXPECT_EQ(none.n_censored, static_cast<std::int64_t>(m.formats.size()));
  EXPECT_EQ(none.tests[2].effect.value, 0);
  EXPECT_NE(none.verdict(), Verdict::kConfirmed);
}

TEST(PrietoCollapse, NothingIsDecidedWithoutRuns) {
  expect_nothing_without_runs(claim_collapse());
  expect_nothing_without_runs(claim_absorption());
}

TEST(PrietoCollapse, OnlyTheSoftmaxHasAnotherFormat) {
  SweepPlan plan;
  const TimedRuns formats = plan_timed(plan, collapse_sizes({"quick", 0}));
  ASSERT_EQ(plan.runs.size(), 8u * 6);
  plan_timed(plan, collapse_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), 8u * 6) << "both claims are asked of the same runs";
  const auto config = [&](std::size_t i) { return plan.runs[formats.runs[i].run].config; };
  EXPECT_EQ(config(0).loss.precision, LossPrecision::kFloat16);
  EXPECT_EQ(config(1).loss.precision, LossPrecision::kRun);
  EXPECT_EQ(config(2).loss.precision, LossPrecision::kFloat64);
  EXPECT_EQ(config(3).loss.precision, LossPrecision::kBfloat16);
  EXPECT_EQ(config(4).loss.rounding, LossRounding::kSums);
  EXPECT_EQ(config(5).loss.precision, LossPrecision::kBfloat16);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(config(i).train.precision, Precision::kFloat32);
    EXPECT_EQ(config(i).optim.learning_rate, 5e-4);
    EXPECT_EQ(config(i).optim.weight_decay, 0);
    EXPECT_EQ(config(i).train.stop_test_accuracy, 0);
  }
}

}  // namespace
}  // namespace groklab::studies::prieto2025
