// The attention read off the tensors against the network's own logits, with its MLP taken out.
#include "groklab/probe/attention_pattern.h"

#include <gtest/gtest.h>

#include <cmath>

#include "groklab/config/change.h"
#include "groklab/exec/thread_pool.h"

namespace groklab {
namespace {

struct Network {
  ThreadPool pool{1};
  Config config;
  std::optional<ResolvedConfig> resolved;
  Task task;
  std::unique_ptr<Engine> engine;
  explicit Network(const std::vector<std::string>& changes) {
    change_config(config,
                  {"task.modulus=5", "split.train_size=10", "model.d_model=8", "model.n_heads=2", "model.d_mlp=4",
                   "train.precision=float64", "model.init_scale=3"},
                  "test");
    change_config(config, changes, "test");
    resolved = resolve_config(config);
    task = make_task(*resolved);
    engine = make_engine(*resolved, task, make_split(*resolved, task), pool);
    engine->initialise();
  }
  std::vector<double> tensor(const char* name) const { return engine->tensor(engine->layout().at(name)); }
  void clear(const char* name) {
    const TensorSpec& spec = engine->layout().at(name);
    engine->set_tensor(spec, std::vector<double>(static_cast<std::size_t>(spec.size)));
  }
  /// Logits without the MLP, from the pattern: (x_last + sum over heads and positions of A x W_V W_O) W_U.
  double logit_by_hand(const AttentionPattern& pattern, std::int64_t a, std::int64_t b, std::int64_t c) const {
    const auto embed = tensor("embed.W_E"), places = tensor("pos_embed.W_pos"), v = tensor("blocks.0.attn.W_V"),
               o = tensor("blocks.0.attn.W_O"), u = tensor("unembed.W_U");
    const std::int64_t d = 8, e = 4, n = 5, classes = static_cast<std::int64_t>(u.size()) / d;
    const auto x = [&](std::int64_t token, std::int64_t position, std::int64_t i) {
      return embed[static_cast<std::size_t>(token * d + i)] + places[static_cast<std::size_t>(position * d + i)];
    };
    const std::int64_t tokens[] = {a, b, n};
    double logit = 0;
    for (std::int64_t i = 0; i < d; ++i) logit += x(n, 2, i) * u[static_cast<std::size_t>(i * classes + c)];
    for (std::int64_t h = 0; h < 2; ++h) {
      const auto at = static_cast<std::size_t>((h * n + a) * n + b);
      const double weights[] = {pattern.to_first[at], pattern.to_second[at],
                                1 - pattern.to_first[at] - pattern.to_second[at]};
      for (std::int64_t position = 0; position < 3; ++position) {
        for (std::int64_t j = 0; j < e; ++j) {
          double value = 0, out = 0;
          for (std::int64_t i = 0; i < d; ++i) {
            value += x(tokens[position], position, i) * v[static_cast<std::size_t>((h * d + i) * e + j)];
            out += o[static_cast<std::size_t>((h * e + j) * d + i)] * u[static_cast<std::size_t>(i * classes + c)];
          }
          logit += weights[position] * value * out;
        }
      }
    }
    return logit;
  }
};

// Catches: a missing 1 / sqrt(d_head), heads or inputs exchanged, a key without its position.
TEST(AttentionPattern, GivesTheNetworksOwnLogits) {
  Network network({});
  network.clear("blocks.0.mlp.W_out");
  network.clear("blocks.0.mlp.b_out");
  const AttentionPattern pattern = attention_pattern(*network.engine, *network.resolved, network.task);
  ASSERT_EQ(pattern.heads, 2);
  ASSERT_EQ(pattern.to_first.size(), 50u);
  const std::vector<std::int64_t> rows = {0, 7, 13, 24};
  const std::vector<double> logits = network.engine->logits(rows);
  const std::int64_t columns = network.engine->logit_columns();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::int64_t c = 0; c < 5; ++c) {
      EXPECT_NEAR(logits[i * static_cast<std::size_t>(columns) + static_cast<std::size_t>(c)],
                  network.logit_by_hand(pattern, rows[i] / 5, rows[i] % 5, c), 1e-9);
    }
  }
}

TEST(AttentionPattern, IsAProbabilityWithLayerNormAndBiasesToo) {
  Network network({"model.layer_norm=pre", "model.biases=all", "model.input_tokens=4"});
  const AttentionPattern pattern = attention_pattern(*network.engine, *network.resolved, network.task);
  ASSERT_EQ(pattern.to_first.size(), 50u);
  for (std::size_t i = 0; i < pattern.to_first.size(); ++i) {
    EXPECT_GT(pattern.to_first[i], 0);
    EXPECT_LT(pattern.to_first[i] + pattern.to_second[i], 1) << "something goes to the constants";
  }
}

TEST(AttentionPattern, NothingWithoutAttentionOrWithoutAQuery) {
  const Network mlp({"model.architecture=mlp"});
  EXPECT_EQ(attention_pattern(*mlp.engine, *mlp.resolved, mlp.task).heads, 0);
  const Network two({"model.input_tokens=2"});
  EXPECT_EQ(attention_pattern(*two.engine, *two.resolved, two.task).heads, 0);
}

}  // namespace
}  // namespace groklab
