// The nuclear-norm penalty: its gradient against finite differences, where it acts, and matrices without full rank.
#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"
#include "groklab/optim/penalty_check_for_test.h"

namespace groklab {
namespace {

using testing::norm;
using testing::penalty_gradient;
using testing::penalty_gradient_error;
using testing::penalty_value;
using testing::step_config;
using testing::step_layout;
using testing::StepLab;
using testing::Vector;

Config nuclear_config(const char* tensors = "penalty.nuclear.tensors=*W*") {
  return step_config({"penalty.nuclear.weight=0.5", tensors});
}

/// Numbers of one tensor set, all others zero.
Vector only(const char* name, const Vector& numbers) {
  const ParameterLayout layout = step_layout();
  Vector parameters(static_cast<std::size_t>(layout.total()), 0.0);
  std::copy(numbers.begin(), numbers.end(), parameters.begin() + layout.at(name).offset);
  return parameters;
}

// Wide, tall and square matrices, and heads on either side. Rounding / step, and h^4 over the smallest singular value.
TEST(NuclearPenalty, GradientAgreesWithFiniteDifferences) {
  EXPECT_LT(penalty_gradient_error("penalty.nuclear", nuclear_config()), 1e-8);
}

// Two heads of W_Q [2, 4, 3] with one number each in the same row make one matrix of rank 1, whose norm is Euclid's;
// in different rows they make rank 2, and the numbers add. Fails if heads are matrices of their own, or stacked.
TEST(NuclearPenalty, HeadsStandSideBySide) {
  Vector same_row(24, 0.0), other_row(24, 0.0);
  same_row[0] = other_row[0] = 3;
  same_row[12] = other_row[12 + 3 + 1] = 4;
  const Config config = nuclear_config("penalty.nuclear.tensors=*W_Q");
  EXPECT_NEAR(penalty_value("penalty.nuclear", config, only("blocks.0.attn.W_Q", same_row)), 0.5 * 5, 1e-14);
  EXPECT_NEAR(penalty_value("penalty.nuclear", config, only("blocks.0.attn.W_Q", other_row)), 0.5 * 7, 1e-14);
}

// Rank 1: U V^T has one singular value, and nothing is made up for the others.
TEST(NuclearPenalty, SingularValuesOfZeroHaveNoGradient) {
  Vector rank_one(28);
  for (std::size_t i = 0; i < 28; ++i)
    rank_one[i] = (1.0 + static_cast<double>(i / 7)) * (0.5 - static_cast<double>(i % 7));
  const Config config = nuclear_config("penalty.nuclear.tensors=*W_in");
  const Vector gradient = penalty_gradient("penalty.nuclear", config, only("blocks.0.mlp.W_in", rank_one));
  EXPECT_NEAR(norm(gradient), 0.5, 1e-13);
  EXPECT_EQ(norm(penalty_gradient("penalty.nuclear", config, only("blocks.0.mlp.W_in", Vector(28, 0.0)))), 0);
}

TEST(NuclearPenalty, BiasesArePassedOver) {
  const Config config = nuclear_config("penalty.nuclear.tensors=*mlp*");
  const Vector gradient = penalty_gradient("penalty.nuclear", config, StepLab<>(config).values());
  const TensorSpec bias = step_layout().at("blocks.0.mlp.b_in");
  EXPECT_EQ(norm(Vector(gradient.begin() + bias.offset, gradient.begin() + bias.offset + bias.size)), 0);
  EXPECT_GT(norm(gradient), 0);
}

TEST(NuclearPenalty, BadValuesAreRefused) {
  EXPECT_NE(set_error("penalty.nuclear.weight=-0.1").find("at least 0"), std::string::npos);
  EXPECT_EQ(error_of([] { StepLab<> lab(nuclear_config("penalty.nuclear.tensors=*b_in")); }),
            "penalty.nuclear.tensors = *b_in: expected the name of a matrix among them, found none");
  EXPECT_TRUE(error_of([] { StepLab<> lab(nuclear_config("penalty.nuclear.tensors=X")); }).ends_with("matches none"));
}

}  // namespace
}  // namespace groklab
