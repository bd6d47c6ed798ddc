// Power by simulation against what is known in closed form.
#include "groklab/studies/power.h"

#include <gtest/gtest.h>

#include <cmath>

namespace groklab::studies {
namespace {

TEST(Power, OnTheBoundItIsTheLevel) {
  EXPECT_NEAR(confirm_probability(must_be_above(1), 1, 0.3, 5), 0.025, 0.008);
  EXPECT_NEAR(confirm_probability(must_be_below(1), 1, 0.3, 5), 0.025, 0.008);
  EXPECT_NEAR(confirm_probability(must_lie_within(1), 1, 0.1, 8), 0.05, 0.011);
}

/// The noncentral t with 4 degrees and noncentrality 1.5 sqrt(5), integrated over the chi distribution: 0.7107.
TEST(Power, IsThatOfStudentsTest) {
  // Three standard errors of 4000 draws.
  EXPECT_NEAR(confirm_probability(must_be_above(0), 1.5, 1, 5), 0.7107, 0.0215);
}

TEST(Power, GrowsWithSeedsAndFallsWithTheirSpread) {
  const Criterion above = must_be_above(0);
  EXPECT_LT(confirm_probability(above, 1, 1, 3), confirm_probability(above, 1, 1, 5));
  EXPECT_LT(confirm_probability(above, 1, 1, 5), confirm_probability(above, 1, 1, 10));
  EXPECT_LT(confirm_probability(above, 1, 2, 5), confirm_probability(above, 1, 1, 5));
  EXPECT_EQ(confirm_probability(above, 1, 0, 3), 1);
  EXPECT_EQ(confirm_probability(above, -1, 0, 3), 0);
  EXPECT_TRUE(std::isnan(confirm_probability(above, 1, std::nan(""), 3)));
}

TEST(Power, PilotsGiveTheDeviation) {
  Reproduction pilots;
  pilots.study = &find_study("varma2023");
  pilots.summary.scale = "quick";
  Judgement judgement;
  const std::vector<double> seeds = {1.1, 0.7, 1.3, 0.9, 1.0};  // mean 1, standard deviation sqrt(0.05)
  judgement.tests = {{"a", "above 0.5", mean_estimate(seeds), must_be_above(0.5)},
                     {"b", "within 1.5", mean_estimate(seeds, 0.9), must_lie_within(1.5, EffectScale::kLnRatio)},
                     {"c", "beside", mean_estimate(seeds), must_be_above(5), false}};
  pilots.claims.push_back({pilots.study->claims.front(), judgement, {}});
  const PowerTable table = power_of(pilots);
  ASSERT_EQ(table.rows.size(), 3u) << "two tests that count, and the claim";
  EXPECT_NEAR(table.rows[0].deviation, std::sqrt(0.05), 1e-12);
  EXPECT_NEAR(table.rows[1].deviation, std::sqrt(0.05), 1e-12) << "whatever the interval's level";
  EXPECT_EQ(table.rows[0].unit, "number");
  EXPECT_EQ(table.rows[1].unit, "ln ratio");
  EXPECT_NE(power_text(table).find("ln ratio"), std::string::npos) << power_text(table);
  EXPECT_LE(table.rows[2].power[0], table.rows[0].power[0]);
  EXPECT_NE(power_text(table).find("8 seeds"), std::string::npos);
  EXPECT_EQ(plain_to_json(plain_from_json<PowerTable>(plain_to_json(table), "power")), plain_to_json(table));
}

}  // namespace
}  // namespace groklab::studies
