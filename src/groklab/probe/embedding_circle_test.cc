// Embeddings on circles that are known, and on none.
#include "groklab/probe/embedding_circle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace groklab {
namespace {

constexpr std::int64_t kModulus = 13, kWidth = 8;

struct Addition {
  Config config;
  Task task;
  std::optional<TaskGroup> group;
  Addition() {
    config.task.modulus = kModulus;
    task = make_task(resolve_config(config));
    group = task_group(config.task, task);
  }
};

/// Frequency 3 on two skewed directions of lengths 2 and 1, a constant, and noise of the given size.
std::vector<double> waves(double noise) {
  std::vector<double> embedding;
  std::mt19937 random(7);
  std::normal_distribution<double> normal(0, noise);
  for (std::int64_t g = 0; g <= kModulus; ++g) {  // one row more than symbols, for "="
    const double angle = 2 * std::numbers::pi * 3 * static_cast<double>(g) / kModulus;
    for (std::int64_t j = 0; j < kWidth; ++j) {
      const double a = j == 1 ? 2 : 0, b = j == 1 ? 0.5 : j == 4 ? 1 : 0;
      embedding.push_back(5 + a * std::cos(angle) + b * std::sin(angle) + (noise > 0 ? normal(random) : 0));
    }
  }
  return embedding;
}

TEST(EmbeddingCircle, AllOfAWaveLiesInItsPlaneAndGoesRoundOnce) {
  const Addition t;
  const std::vector<std::int64_t> frequencies = {3, 2};
  const auto circles = embedding_circles(t.task, t.group, waves(0), kWidth, frequencies);
  ASSERT_EQ(circles.size(), 1u) << "nothing lies in the plane of frequency 2";
  EXPECT_EQ(circles[0].frequency, "3");
  EXPECT_NEAR(circles[0].fraction, 1, 1e-12);
  ASSERT_EQ(circles[0].names.size(), static_cast<std::size_t>(kModulus));
  EXPECT_EQ(circles[0].names[1], "9") << "3 * 9 = 27 = 1 mod 13";
  double turned = 0;
  for (std::size_t i = 0; i < circles[0].x.size(); ++i) {
    const std::size_t next = (i + 1) % circles[0].x.size();
    double step = std::atan2(circles[0].y[next], circles[0].x[next]) - std::atan2(circles[0].y[i], circles[0].x[i]);
    if (step > std::numbers::pi) step -= 2 * std::numbers::pi;
    if (step < -std::numbers::pi) step += 2 * std::numbers::pi;
    turned += step;
  }
  EXPECT_NEAR(std::abs(turned), 2 * std::numbers::pi, 1e-9) << "in the order k g the circle closes after one turn";
}

TEST(EmbeddingCircle, NoiseHasLittleInAnyPlane) {
  const Addition t;
  const std::vector<std::int64_t> frequencies = {3};
  EXPECT_GT(embedding_circles(t.task, t.group, waves(0.1), kWidth, frequencies)[0].fraction, 0.9);
  EXPECT_LT(embedding_circles(t.task, t.group, waves(20), kWidth, frequencies)[0].fraction, 0.5);
}

TEST(EmbeddingCircle, NothingWithoutACyclicGroupOrASecondDirection) {
  const Addition t;
  const std::vector<std::int64_t> none = {0, 7, 12}, three = {3};
  EXPECT_TRUE(embedding_circles(t.task, t.group, waves(1), kWidth, none).empty());
  EXPECT_TRUE(embedding_circles(t.task, std::nullopt, waves(1), kWidth, three).empty());
  EXPECT_TRUE(embedding_circles(t.task, t.group, std::vector<double>(8), kWidth, three).empty());
}

}  // namespace
}  // namespace groklab
