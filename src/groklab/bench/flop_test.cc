// The layer-by-layer count against figures worked out by hand.
#include "groklab/bench/flop.h"

#include <gtest/gtest.h>

#include <string>

#include "groklab/bench/bench.h"
#include "groklab/config/config_test_util.h"
#include "groklab/task.h"

namespace groklab {
namespace {

double flop_of_case(const std::string& name) {
  for (const BenchCase& c : bench_cases()) {
    if (c.name != name) continue;
    const ResolvedConfig config = resolve_config(c.config);
    const TaskSize size = *config.task_size();
    return layerwise_flop(config->model, training_rows(config->split, size.n_rows), size.n_inputs, size.n_classes);
  }
  ADD_FAILURE() << "no case " << name;
  return 0;
}

// 6 D (2 d m + d C). Catches: a matrix left out or counted twice; classes taken for d_model.
TEST(LayerwiseFlop, OfTheTransformerCases) {
  EXPECT_EQ(flop_of_case("V"), 6.0 * 3830 * (2 * 128 * 512 + 128 * 113));  // 3.344 GFLOP
  EXPECT_NEAR(flop_of_case("V") / 1e9, 3.344, 0.0005);
  EXPECT_EQ(flop_of_case("V-f64"), flop_of_case("V"));
  EXPECT_NEAR(flop_of_case("full") / 1e9, 11.150, 0.0005);
  EXPECT_NEAR(flop_of_case("tiny-16") / 1e9, 0.0369, 0.00005);
}

// 6 D (k d m + (L - 1) m^2 + m C). Catches: a hidden layer too many; a sum of embeddings counted as their
// concatenation.
TEST(LayerwiseFlop, OfEmbeddingMlps) {
  EXPECT_EQ(flop_of_case("mlp"), 6.0 * 4704 * (2 * 128 * 512 + 512 * 97));  // 5.101 GFLOP
  ModelConfig model = config_with("model.architecture=mlp", "model.d_model=8", "model.d_mlp=20").model;
  EXPECT_EQ(layerwise_flop(model, 10, 2, 7), 60.0 * (2 * 8 * 20 + 20 * 7));
  model.combination = EmbeddingCombination::kSum;
  EXPECT_EQ(layerwise_flop(model, 10, 2, 7), 60.0 * (8 * 20 + 20 * 7));
  model.n_layers = 3;
  EXPECT_EQ(layerwise_flop(model, 10, 2, 7), 60.0 * (8 * 20 + 2 * 20 * 20 + 20 * 7));
}

}  // namespace
}  // namespace groklab
