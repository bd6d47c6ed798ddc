// Degrees of homogeneity and norms of a network whose logits are exactly homogeneous in its parameters.
#include "groklab/probe/scaling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "groklab/probe/norm_at_margin.h"
#include "groklab/probe/one_neuron_per_row_for_test.h"

namespace groklab {
namespace {

using testing::kDegree;
using testing::OneNeuronPerRow;

const std::vector<std::int64_t> kFirstRows = {0, 1, 2}, kLastRows = {6, 7, 8};

TEST(Scaling, MeansAreThoseByHand) {
  OneNeuronPerRow network;
  for (const auto& rows : {kFirstRows, kLastRows}) {
    const RowMeans means = row_means(*network.engine, network.task(), rows);
    EXPECT_NEAR(means.margin, network.margin(rows), 1e-10);
    EXPECT_NEAR(means.correct_logit, network.correct_logit(rows), 1e-10);
  }
}

// Catches: a step that is not in ln of the factor, a factor 2, biases or a tensor that is not scaled.
TEST(Scaling, TheDegreeIsThatOfTheNetwork) {
  OneNeuronPerRow network;
  const Degrees d = homogeneity_degrees(*network.engine, network.task(), kLastRows);
  EXPECT_NEAR(d.margin, kDegree, 1e-9);
  EXPECT_NEAR(d.correct_logit, kDegree, 1e-9);
}

TEST(Scaling, NormAtALogitIsAnalyticAndNotThatAtAMargin) {
  OneNeuronPerRow network;
  for (const double logit : {0.5, 3.0, 10.0, 20.0}) {
    const double expected = network.norm() * std::pow(logit / network.correct_logit(kLastRows), 1 / kDegree);
    EXPECT_NEAR(norm_at_logit(*network.engine, network.task(), kLastRows, logit), expected, 2e-6 * expected) << logit;
  }
  EXPECT_NE(norm_at_logit(*network.engine, network.task(), kLastRows, 10),
            norm_at_margin(*network.engine, network.task(), kLastRows, 10));
  EXPECT_TRUE(std::isnan(norm_at_logit(*network.engine, network.task(), kLastRows, 1e9)));
}

TEST(Scaling, LeavesTheNetworkAsItWas) {
  OneNeuronPerRow network;
  const std::vector<double> before = network.engine->logits(kLastRows);
  homogeneity_degrees(*network.engine, network.task(), kFirstRows);
  norm_at_logit(*network.engine, network.task(), kFirstRows, 10);
  EXPECT_EQ(network.engine->logits(kLastRows), before);
}

TEST(Scaling, AMeanThatIsNotPositiveHasNoDegree) {
  OneNeuronPerRow wrong(-1);
  const Degrees d = homogeneity_degrees(*wrong.engine, wrong.task(), kLastRows);
  EXPECT_TRUE(std::isnan(d.margin) && std::isnan(d.correct_logit));
}

}  // namespace
}  // namespace groklab
