// Curves of norm against data-set size through made-up networks.
#include "groklab/studies/efficiency.h"

#include <gtest/gtest.h>

#include <cmath>

namespace groklab::studies {
namespace {

EfficiencyPoint point(std::int64_t seed, std::int64_t rows, double norm, double weight_decay = 1) {
  EfficiencyPoint p;
  p.seed = seed;
  p.rows = rows;
  p.weight_decay = weight_decay;
  p.norm_at_margin = norm;
  p.objective = 2 * norm;
  return p;
}

double power(std::int64_t rows, double exponent) { return 10 * std::pow(static_cast<double>(rows) / 150, exponent); }

TEST(Efficiency, TheSlopeIsOfOneSeedAndWeightDecay) {
  std::vector<EfficiencyPoint> points;
  for (const std::int64_t rows : {50, 100, 400}) {
    points.push_back(point(1, rows, power(rows, 0.3)));
    points.push_back(point(2, rows, power(rows, 0.5)));
    points.push_back(point(1, rows, power(rows, 0.7), 2));
  }
  points.push_back(point(1, 800, std::nan("")));
  EXPECT_NEAR(iso_logit_slope(points, 1, 1), 0.3, 1e-12);
  EXPECT_NEAR(iso_logit_slope(points, 2, 1), 0.5, 1e-12);
  EXPECT_NEAR(iso_logit_slope(points, 1, 2), 0.7, 1e-12);
  EXPECT_TRUE(std::isnan(iso_logit_slope(points, 3, 1)));
  EXPECT_NEAR(iso_logit_slope_within_seeds(points, 2, 0.9).value, 0.7, 1e-12);
  EXPECT_NEAR(iso_logit_slope_within_seeds(points, 1, 0.9).value, 0.4, 1e-12) << "both seeds span the same sizes";
}

TEST(Efficiency, TheCrossingIsWhereMemorisingNeedsTheLevel) {
  std::vector<EfficiencyPoint> points;
  for (const std::int64_t rows : {400, 100, 200}) {  // in any order
    points.push_back(point(1, rows, power(rows, 0.3)));
    points.push_back(point(2, rows, power(rows, 0.3) * 1.2));
    points.push_back(point(1, rows, 99, 2));
  }
  const auto at = [&](double level, double EfficiencyPoint::*value = &EfficiencyPoint::norm_at_margin) {
    return crossing(points, 1, 1, level, value);
  };
  EXPECT_NEAR(at(10), 150, 1e-9);
  EXPECT_NEAR(at(20, &EfficiencyPoint::objective), 150, 1e-9);
  EXPECT_NEAR(at(power(590, 0.3)), 590, 1e-6) << "up to a factor of 1.5 beyond the sizes";
  EXPECT_TRUE(std::isnan(at(power(610, 0.3))));
  EXPECT_NEAR(at(power(70, 0.3)), 70, 1e-6);
  EXPECT_TRUE(std::isnan(at(power(60, 0.3))));
  EXPECT_TRUE(std::isnan(at(std::nan(""))));
  EXPECT_TRUE(std::isnan(crossing(points, 3, 1, 10, &EfficiencyPoint::norm_at_margin)));
}

TEST(Efficiency, ASeedWithoutAPointTakesTheMeanOfAll) {
  const std::vector<EfficiencyPoint> points = {point(1, 100, 10), point(1, 200, 12), point(2, 100, 20)};
  EXPECT_EQ(general_level(points, 1, &EfficiencyPoint::norm_at_margin), 11);
  EXPECT_EQ(general_level(points, 2, &EfficiencyPoint::norm_at_margin), 20);
  EXPECT_EQ(general_level(points, 3, &EfficiencyPoint::norm_at_margin), 14);
  EXPECT_EQ(general_level(points, 1, &EfficiencyPoint::objective), 22);
  EXPECT_TRUE(std::isnan(general_level({}, 1, &EfficiencyPoint::norm_at_margin)));
}

TEST(Efficiency, FiltersKeepWhatTheySay) {
  EfficiencyPoint p = point(1, 100, 10);
  const auto kept = [&](auto filter) { return filter(std::vector<EfficiencyPoint>{p}).size() == 1; };
  p.stationary = true;
  p.train_accuracy = 0.99;
  p.test_accuracy = 0.5;
  EXPECT_TRUE(kept(fitted));
  EXPECT_FALSE(kept(generalising));
  p.test_accuracy = 0.99;
  EXPECT_TRUE(kept(generalising));
  p.test_accuracy = std::nan("");
  EXPECT_TRUE(kept(generalising)) << "no test rows";
  p.stationary = false;
  EXPECT_FALSE(kept(fitted));
  EXPECT_FALSE(kept(generalising));
  p.stationary = true;
  p.train_accuracy = 0.98;
  EXPECT_FALSE(kept(fitted));
  EXPECT_FALSE(kept(generalising));
  EXPECT_TRUE(kept(passing)) << "no known symmetry";
  p.has_circuits = true;
  p.invariant_fraction = 0.95 * 0.95 + 1e-9;
  EXPECT_TRUE(kept(passing));
  p.invariant_fraction = 0.95 * 0.95 - 1e-9;
  EXPECT_FALSE(kept(passing));
  p.invariant_fraction = std::nan("");
  EXPECT_FALSE(kept(passing));
}

}  // namespace
}  // namespace groklab::studies
