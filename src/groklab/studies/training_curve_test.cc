// Delays, endings and transitions of made-up curves.
#include "groklab/studies/training_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "groklab/studies/ending.h"

namespace groklab::studies {
namespace {

/// Steps 0, 100, ..., 9000.
TrainingCurve curve_with(const std::function<double(double)>& accuracy) {
  TrainingCurve curve;
  for (int step = 0; step <= 9000; step += 100) {
    curve.step.push_back(step);
    curve.train_accuracy.push_back(1);
    curve.test_accuracy.push_back(accuracy(step));
    curve.norm.push_back(1);
  }
  return curve;
}

TEST(Ending, FourKinds) {
  EXPECT_EQ(classify_ending(curve_with([](double s) { return s > 4000 ? 1.0 : 0.1; })), Ending::kGrokked);
  EXPECT_EQ(classify_ending(curve_with([](double s) { return s > 4000 ? 0.6 : 0.1; })), Ending::kPlateau);
  EXPECT_EQ(classify_ending(curve_with([](double s) { return s / 18000; })), Ending::kUnfinished);
  EXPECT_EQ(classify_ending(curve_with([](double) { return 0.05; })), Ending::kNone);
  EXPECT_EQ(classify_ending({}), Ending::kNone);
}

TEST(Ending, Boundaries) {
  const auto flat = [](double accuracy) { return classify_ending(curve_with([=](double) { return accuracy; })); };
  EXPECT_EQ(flat(0.95), Ending::kGrokked);
  EXPECT_EQ(flat(0.9499), Ending::kUnfinished) << "neither grokked nor middling";
  EXPECT_EQ(flat(0.9), Ending::kUnfinished);
  EXPECT_EQ(flat(0.8999), Ending::kPlateau);
  EXPECT_EQ(flat(0.2), Ending::kPlateau);
  EXPECT_EQ(flat(0.1999), Ending::kNone);
  const auto moves = [](double by, double until) {
    return classify_ending(curve_with([=](double s) { return s <= until ? 0.5 + by : 0.5; }));
  };
  EXPECT_EQ(moves(0.049, 6000), Ending::kPlateau);
  EXPECT_EQ(moves(0.051, 6000), Ending::kUnfinished) << "two thirds of the steps belong to the last third";
  EXPECT_EQ(moves(0.3, 5900), Ending::kPlateau);
  EXPECT_EQ(moves(-0.051, 8000), Ending::kUnfinished) << "downwards too";
}

// Catches: a run that climbs within the range, and rows that are not fitted any more.
TEST(Ending, APlateauIsLevelAndFitted) {
  EXPECT_EQ(classify_ending(curve_with([](double s) { return 0.5 + 0.04 * (s - 6000) / 3000; })), Ending::kPlateau);
  const TrainingCurve few = curve_with([](double s) { return s < 7000 ? 0.5 : s < 8000 ? 0.52 : 0.545; });
  TrainingCurve thin;  // four records only: nobody can tell that it is level
  for (const std::size_t i : {60, 70, 80, 90}) {
    thin.step.push_back(few.step[i]);
    thin.train_accuracy.push_back(1);
    thin.test_accuracy.push_back(few.test_accuracy[i]);
    thin.norm.push_back(1);
  }
  EXPECT_EQ(classify_ending(thin), Ending::kUnfinished);
  TrainingCurve unfitted = curve_with([](double) { return 0.5; });
  unfitted.train_accuracy[80] = 0.98;
  EXPECT_EQ(classify_ending(unfitted), Ending::kUnfinished);
}

TEST(Delay, IsTheRatioOfBothTimes) {
  EXPECT_NEAR(log_delay({100, 1000, 5000}), 1, 1e-12);
  EXPECT_NEAR(log_delay({100, std::nullopt, 10000}), 2, 1e-12) << "the budget stands for T_grok";
  EXPECT_TRUE(std::isnan(log_delay({std::nullopt, 1000, 5000})));
  EXPECT_TRUE(std::isnan(log_delay({0, 1000, 5000})));
  EXPECT_EQ(log_delay({100, 0, 5000}), -2) << "generalised at step 0 counts as step 1";
  EXPECT_TRUE(is_censored({100, std::nullopt, 10000}));
  EXPECT_FALSE(is_censored({100, 1000, 10000}));
  EXPECT_FALSE(is_censored({std::nullopt, std::nullopt, 10000}));
  EXPECT_FALSE(is_censored({0, std::nullopt, 10000}));
}

TEST(Delay, ComesFromRecordsAtItsAccuracy) {
  std::vector<Record> records(10);
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].step = static_cast<std::int64_t>(10 * i);
    records[i].train.accuracy = i >= 2 ? 0.9 : 0.899;
    records[i].test.accuracy = i >= 5 ? 0.9 : 0.899;
  }
  const Delay delay = delay_of(records, 0.9);
  EXPECT_EQ(delay.fit, 20);
  EXPECT_EQ(delay.grok, 50);
  EXPECT_EQ(delay.budget, 90);
  EXPECT_FALSE(delay_of(records, 0.91).fit.has_value());
  const TrainingCurve curve = curve_of(records);
  EXPECT_EQ(curve.step[3], 30);
  EXPECT_EQ(curve.train_accuracy[2], 0.9);
  EXPECT_EQ(curve.test_accuracy[2], 0.899);
}

TEST(TransitionOver, TakesTheSizesThatHaveAnAccuracy) {
  const std::vector<std::int64_t> rows = {25, 50, 100, 200, 400};
  const auto accuracy = [](std::int64_t size) {
    return size == 50 ? std::nan("") : 0.1 + 0.9 / (1 + std::pow(90.0 / static_cast<double>(size), 5));
  };
  const Transition t = transition_over(10, rows, accuracy);
  EXPECT_NEAR(t.midpoint, 90, 0.5);
  EXPECT_NEAR(t.steepness, 5, 0.05);
  EXPECT_TRUE(std::isnan(transition_over(10, std::vector<std::int64_t>{50, 100}, accuracy).midpoint));
  EXPECT_FALSE(transition_over(10, std::vector<std::int64_t>{50, 100}, accuracy).above);
}

TEST(Seeds, AreConsecutive) {
  EXPECT_EQ((SeedRange{4000, 3}.all()), (std::vector<std::int64_t>{4000, 4001, 4002}));
  EXPECT_EQ(per_seed({5, 2}, [](std::int64_t seed) { return 2.0 * static_cast<double>(seed); }),
            (std::vector<double>{10, 12}));
}

}  // namespace
}  // namespace groklab::studies
