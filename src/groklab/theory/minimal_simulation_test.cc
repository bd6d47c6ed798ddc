// Values of an independent double-precision run of the specification, to the digits given there.
#include "groklab/theory/minimal_simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "groklab/base/error.h"

namespace groklab {
namespace {

using Points = std::vector<MinimalSimulationPoint>;

std::int64_t first_step(const Points& points, const std::function<bool(const MinimalSimulationPoint&)>& holds) {
  for (const MinimalSimulationPoint& p : points) {
    if (holds(p)) return p.step;
  }
  return -1;
}

/// First step from which the condition holds to the end.
std::int64_t lasting_step(const Points& points, const std::function<bool(const MinimalSimulationPoint&)>& holds) {
  std::int64_t from = -1;
  for (const MinimalSimulationPoint& p : points) {
    if (!holds(p)) {
      from = -1;
    } else if (from < 0) {
      from = p.step;
    }
  }
  return from;
}

struct Oracle {
  PenaltyConvention penalty;
  std::int64_t fitted, peak_step, worst_step, overtaken, generalised;
  double peak, worst, w_gen, w_mem, train_loss, test_loss;
};

TEST(MinimalSimulation, PanelAWithAllThreeIngredients) {
  const Oracle oracles[] = {
      {PenaltyConvention::kHalfAlpha, 305, 1188, 1111, 9303, 9576, 7.411, 7.476, 7.83152, 0.97894, 0.01657, 0.04414},
      {PenaltyConvention::kAlpha, 3993, 782, 732, 5010, 5258, 6.722, 6.848, 7.24784, 0.90598, 0.03171, 0.07767}};
  for (const Oracle& o : oracles) {
    MinimalSimulationConfig config;
    config.penalty = o.penalty;
    config.steps = 100000;
    const Points points = run_minimal_simulation(config);
    EXPECT_EQ(first_step(points, [](const auto& p) { return p.train_loss < 0.1; }), o.fitted);
    const auto peak =
        std::max_element(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.w_mem < b.w_mem; });
    EXPECT_EQ(peak->step, o.peak_step);
    EXPECT_NEAR(peak->w_mem, o.peak, 5e-4);
    const auto worst = std::max_element(points.begin(), points.end(),
                                        [](const auto& a, const auto& b) { return a.test_loss < b.test_loss; });
    EXPECT_EQ(worst->step, o.worst_step);
    EXPECT_NEAR(worst->test_loss, o.worst, 5e-4);
    EXPECT_EQ(lasting_step(points, [](const auto& p) { return p.w_gen > p.w_mem; }), o.overtaken);
    EXPECT_EQ(lasting_step(points, [](const auto& p) { return p.test_loss < 1; }), o.generalised);
    EXPECT_NEAR(points.back().w_gen, o.w_gen, 5e-6);
    EXPECT_NEAR(points.back().w_mem, o.w_mem, 5e-6);
    EXPECT_NEAR(points.back().train_loss, o.train_loss, 5e-6);
    EXPECT_NEAR(points.back().test_loss, o.test_loss, 5e-6);
    EXPECT_NEAR(points.back().w_gen / points.back().w_mem, optimal_weight_ratio(1, 2, 1.2), 1e-6);
    EXPECT_NEAR(points[1].w_gen, 7.0 / 28250000.0, 1e-18);
    EXPECT_NEAR(points[1].w_mem, 28.0 / 2825.0, 1e-15);
  }
  EXPECT_NEAR(optimal_weight_ratio(1, 2, 1.2), 8.0, 1e-12);
}

TEST(MinimalSimulation, WithoutAnEfficiencyGapTestLossStaysUp) {
  MinimalSimulationConfig config;
  config.generalising.inverse_efficiency = 2;
  config.steps = 200000;
  const Points points = run_minimal_simulation(config);
  EXPECT_NEAR(points.back().w_gen, points.back().w_mem, 1e-3);
  EXPECT_NEAR(points.back().test_loss, 1.431, 5e-4);
}

TEST(MinimalSimulation, WithEqualSpeedsThereIsNoMemorisingPhase) {
  MinimalSimulationConfig config;
  config.generalising.w2 = 1;
  const Points points = run_minimal_simulation(config);
  EXPECT_EQ(first_step(points, [](const auto& p) { return p.test_loss < 1; }), 470);
}

// The theorem's other side: above kappa = 2 only the most efficient circuit has weight.
TEST(MinimalSimulation, AboveKappaTwoTheLessEfficientCircuitVanishes) {
  MinimalSimulationConfig config;
  config.kappa = 2.5;
  config.generalising = {1, 0.3, 0.3};
  config.memorising = {2, 1, 1};
  config.steps = 200000;
  const MinimalSimulationPoint end = run_minimal_simulation(config).back();
  EXPECT_EQ(end.w_mem, 0);
  // Where the loss' slope and the penalty's balance: c P^2 (2 / kappa) w^(2 / kappa - 1) = (q - 1) / (e^w + q - 1).
  const double w = end.w_gen;
  EXPECT_NEAR(0.0025 * 0.8 * std::pow(w, -0.2) / (112 / (std::exp(w) + 112)), 1, 1e-3) << w;
  config.generalising.inverse_efficiency = 4;
  EXPECT_EQ(run_minimal_simulation(config).back().w_gen, 0);
}

TEST(MinimalSimulation, RefusesWhatHasNoGradient) {
  MinimalSimulationConfig config;
  config.kappa = 2.5;
  EXPECT_THROW(run_minimal_simulation(config), Error);
  config = {};
  config.classes = 2;
  EXPECT_THROW(run_minimal_simulation(config), Error);
  config = {};
  config.memorising.w2 = -1;
  EXPECT_THROW(run_minimal_simulation(config), Error);
}

}  // namespace
}  // namespace groklab
