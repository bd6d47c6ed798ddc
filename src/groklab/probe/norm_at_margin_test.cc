// norm_at_margin on a network built by hand, whose margin is exactly homogeneous in its parameters.
#include "groklab/probe/norm_at_margin.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "groklab/probe/one_neuron_per_row_for_test.h"

namespace groklab {
namespace {

using testing::kDegree;
using testing::OneNeuronPerRow;

const std::vector<std::int64_t> kFirstRows = {0, 1, 2}, kLastRows = {6, 7, 8};

TEST(NormAtMargin, IsTheAnalyticNormOfAHomogeneousNetwork) {
  OneNeuronPerRow network;
  ASSERT_GT(network.margin(kLastRows), 1.3 * network.margin(kFirstRows)) << "the rows must be told apart";
  for (const auto& rows : {kFirstRows, kLastRows}) {
    for (const double margin : {0.05, 1.0, 3.0, 10.0, 20.0}) {
      const double expected = network.norm() * std::pow(margin / network.margin(rows), 1 / kDegree);
      EXPECT_NEAR(norm_at_margin(*network.engine, network.task(), rows, margin), expected, 2e-6 * expected) << margin;
    }
  }
}

TEST(NormAtMargin, IsTheNormAsTrainedAtTheMarginAsTrained) {
  OneNeuronPerRow network;
  EXPECT_NEAR(norm_at_margin(*network.engine, network.task(), kLastRows, network.margin(kLastRows)), network.norm(),
              2e-6 * network.norm());
}

TEST(NormAtMargin, LeavesTheNetworkAsItWas) {
  OneNeuronPerRow network;
  const std::vector<double> before = network.engine->logits(kLastRows);
  norm_at_margin(*network.engine, network.task(), kFirstRows, 10);
  EXPECT_EQ(network.engine->logits(kLastRows), before);
  norm_at_margin(*network.engine, network.task(), kFirstRows, 1e9);  // out of range
  EXPECT_EQ(network.engine->logits(kLastRows), before);
}

TEST(NormAtMargin, IsNothingOutOfRange) {
  OneNeuronPerRow network;
  const double most = network.margin(kLastRows) * std::pow(kMostFactor, kDegree);
  const double least = network.margin(kLastRows) * std::pow(kLeastFactor, kDegree);
  const auto norm = [&](double margin) { return norm_at_margin(*network.engine, network.task(), kLastRows, margin); };
  EXPECT_NEAR(norm(0.999 * most), kMostFactor * network.norm(), 1e-3 * network.norm());
  EXPECT_TRUE(std::isnan(norm(1.001 * most)));
  EXPECT_NEAR(norm(1.001 * least), kLeastFactor * network.norm(), 1e-3 * network.norm());
  EXPECT_TRUE(std::isnan(norm(0.999 * least)));
  OneNeuronPerRow wrong(-1);  // every row's label has the smallest logit: no factor turns the sign
  EXPECT_TRUE(std::isnan(norm_at_margin(*wrong.engine, wrong.task(), kLastRows, 10)));
}

TEST(NormAtMargin, BracketsTheMarginFromBothSides) {
  OneNeuronPerRow network;
  Engine& engine = *network.engine;
  const double as_trained = network.margin(kLastRows);
  double last = 0;
  for (const double of_trained : {0.3, 0.7, 0.99, 1.01, 1.5, 4.0}) {
    const double norm = norm_at_margin(engine, network.task(), kLastRows, of_trained * as_trained);
    EXPECT_GT(norm, last) << "more margin needs more norm";
    EXPECT_EQ(norm < network.norm(), of_trained < 1);
    last = norm;
  }
}

}  // namespace
}  // namespace groklab
