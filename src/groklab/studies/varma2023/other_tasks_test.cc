// Claim other-tasks on made-up measurements.
#include "groklab/studies/varma2023/other_tasks.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kTaskRows = {20, 40, 80, 160, 320, 640, 1280};

/// One task: per seed the fall from the largest to the smallest D' and the shift of the midpoint at weight decay 2.
struct MadeUpTask {
  std::vector<double> falls = effects_about(0.9, 0.03), shifts = effects_about(0, 0.05);
  double observed = 150, predicted = 200;
};

OtherTaskMeasurement made_up_task(const MadeUpTask& t, std::int64_t classes) {
  OtherTaskMeasurement measured;
  for (std::size_t i = 0; i < t.falls.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    const double own = std::exp(0.1 * kDeviations[i]);
    for (const std::int64_t rows : kTaskRows) {
      const bool front = rows == kTaskRows.front();
      const double at_one = accuracy_across(rows, t.observed * own, 6, classes);
      const double largest = accuracy_across(kTaskRows.back(), t.observed * own, 6, classes);
      measured.forks.push_back({seed, rows, 1, front ? largest - t.falls[i] : at_one});
      measured.forks.push_back(
          {seed, rows, 2, accuracy_across(rows, t.observed * own * std::exp(t.shifts[i]), 6, classes)});
      const double norm = 10 * std::pow(static_cast<double>(rows) / (t.predicted * own), 0.3);
      measured.points.memorised.push_back(made_up_point(seed, rows, 1, norm));
    }
    measured.points.general.push_back(made_up_point(seed, 10201, 1, 10));
  }
  return measured;
}

OtherTasksMeasurement made_up_tasks(const std::vector<MadeUpTask>& tasks) {
  OtherTasksMeasurement m;
  m.sizes.seeds = kSeeds;
  m.sizes.weight_decays = {1, 2};
  m.sizes.rows = m.sizes.memorised_rows = kTaskRows;
  for (const MadeUpTask& task : tasks) {
    m.sizes.tasks.push_back(made_up_network(m.sizes.tasks.empty() ? "first" : "second"));
    m.tasks.push_back(made_up_task(task, m.sizes.tasks.back().classes));
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

TEST(ClaimOtherTasks, WeightDecayIsShownBeside) {
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

TEST(ClaimOtherTasks, TellsBothCriticalSizesOfEveryTask) {
  const Judgement result = judge_stored(made_up_tasks({{}, {.observed = 90, .predicted = 300}}));
  const Json& second = result.data["tasks"][1];
  EXPECT_EQ(second["task"], "second");
  EXPECT_NEAR(second["observed"].get<double>(), 90, 2);  // the smallest size's accuracy is the fall's, not the curve's
  EXPECT_NEAR(second["predicted"].get<double>(), 300, 0.5);
  EXPECT_EQ(figures(made_up_tasks({{}, {}})).size(), 2u);
}

TEST(ClaimOtherTasks, WithoutRunsNothingIsDecided) {
  OtherTasksMeasurement none = made_up_tasks({{}, {}});
  none.tasks = {{}, {}};
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 2u);
}

TEST(ClaimOtherTasks, MeasurementsThatDoNotFitTheirSizesAreRefused) {
  OtherTasksMeasurement m = made_up_tasks({{}, {}});
  m.tasks.pop_back();
  EXPECT_THROW(plain_from_json<OtherTasksMeasurement>(plain_to_json(m), "other-tasks"), Error);
}

}  // namespace
}  // namespace groklab::studies::varma2023
