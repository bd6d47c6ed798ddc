// Claim other-tasks on made-up measurements.
#include "groklab/studies/varma2023/other_tasks.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kTaskRows = {20, 40, 80, 160, 320, 640, 1280};

/// One task: per seed the fall of test accuracy from the largest to the smallest D', and ln of D_crit at the second
/// setting over the first's.
struct MadeUpTask {
  std::vector<double> falls = effects_about(0.9, 0.03), shifts = effects_about(0, 0.05);
  double observed = 150;
};

OtherTaskMeasurement made_up_task(const MadeUpTask& t) {
  OtherTaskMeasurement measured;
  measured.settings.resize(2);
  for (std::size_t i = 0; i < t.falls.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    const double own = t.observed * std::exp(0.1 * kDeviations[i]);
    measured.parents.push_back({seed, 9000, 1, 1, 1e-6, 1, true});
    for (const std::int64_t rows : kTaskRows) {
      const double accuracy = rows == kTaskRows.back() ? 0.97 : rows == kTaskRows.front() ? 0.97 - t.falls[i] : 0.5;
      const double share = accuracy_across(rows, own, 6, 1000000000);
      const double shifted = accuracy_across(rows, own * std::exp(t.shifts[i]), 6, 1000000000);
      measured.settings[0].states.push_back({seed, rows, 1, accuracy, 1e-6, share, true});
      measured.settings[1].states.push_back({seed, rows, 1, accuracy, 1e-4, shifted, true});
    }
  }
  return measured;
}

OtherTasksMeasurement made_up_tasks(const std::vector<MadeUpTask>& tasks) {
  OtherTasksMeasurement m;
  m.sizes.seeds = kSeeds;
  m.sizes.settings = {{"first", 1e-8, 1, {}}, {"second", 1e-6, 1, {}}};
  for (const MadeUpTask& task : tasks) {
    m.sizes.tasks.push_back({made_up_network(m.sizes.tasks.empty() ? "one" : "two"), 9000, 100, kTaskRows});
    m.tasks.push_back(made_up_task(task));
  }
  return m;
}

TEST(ClaimOtherTasks, EveryTaskMustUngrok) {
  expect_above(
      [](const auto& falls) {
        return judge_stored(made_up_tasks({{.falls = falls}, {}}));
      },
      0, kTaskFall, 0.1);
  expect_above(
      [](const auto& falls) {
        return judge_stored(made_up_tasks({{}, {.falls = falls}}));
      },
      1, kTaskFall, 0.1);
}

TEST(ClaimOtherTasks, TheStrengthOfDecayIsShownBeside) {
  const auto judge_shifts = [](double shift) {
    return judge_stored(made_up_tasks({{}, {.shifts = effects_about(shift, 0.02)}}));
  };
  const Judgement moves = judge_shifts(0.5), stays = judge_shifts(0);
  ASSERT_EQ(moves.tests.size(), 4u);
  EXPECT_EQ(moves.tests[3].verdict, Verdict::kRefuted);
  EXPECT_FALSE(moves.tests[3].counts);
  EXPECT_EQ(moves.verdict(), Verdict::kConfirmed);
  EXPECT_EQ(stays.tests[3].verdict, Verdict::kConfirmed);
}

TEST(ClaimOtherTasks, TellsTheCriticalSizeOfEveryTask) {
  const Judgement result = judge_stored(made_up_tasks({{}, {.observed = 90}}));
  const Json& second = result.data["tasks"][1];
  EXPECT_EQ(second["task"], "two");
  EXPECT_NEAR(second["observed"].get<double>(), 90, 0.5);
  EXPECT_EQ(figures(made_up_tasks({{}, {}})).size(), 1u);
}

TEST(ClaimOtherTasks, ForksThatStillMoveAreLeftOutAndParentsAreWatched) {
  OtherTasksMeasurement m = made_up_tasks({{}, {}});
  m.tasks[0].settings[0].states[0].stationary = false;
  m.tasks[1].parents[2].test_accuracy = 0.5;
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.tests[0].effect.n, 4);
  EXPECT_EQ(result.tests[1].effect.n, 5);
  EXPECT_NE(result.notes.front().find("1 of the networks"), std::string::npos);
}

TEST(ClaimOtherTasks, WithoutRunsNothingIsDecided) {
  OtherTasksMeasurement none = made_up_tasks({{}, {}});
  for (OtherTaskMeasurement& t : none.tasks) {
    t.parents.clear();
    for (SettingMeasurement& s : t.settings) s.states.clear();
  }
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 1u);
}

TEST(ClaimOtherTasks, MeasurementsThatDoNotFitTheirSizesAreRefused) {
  OtherTasksMeasurement m = made_up_tasks({{}, {}});
  m.tasks[0].settings.pop_back();
  EXPECT_THROW(plain_from_json<OtherTasksMeasurement>(plain_to_json(m), "other-tasks"), Error);
  m.tasks.clear();
  EXPECT_THROW(plain_from_json<OtherTasksMeasurement>(plain_to_json(m), "other-tasks"), Error);
}

}  // namespace
}  // namespace groklab::studies::varma2023
