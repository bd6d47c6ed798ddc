// The engine as a whole: precomputed tables against the general path, instruction sets, threads, states.
#include "groklab/engine/engine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <utility>

#include "engine_fixture.h"
#include "groklab/base/error.h"
#include "groklab/kernel/kernels.h"

namespace groklab {
namespace {

using testing::Lab;
using testing::relative_difference;
using testing::small_config;

TEST(Engine, PrecomputedTablesAndGeneralPathAgreeToRounding) {
  for (const char* biases : {"model.biases=none", "model.biases=all"}) {
    Lab general(small_config({biases, "model.path=general"}));
    ASSERT_STREQ(general.engine->path_name(), "general");
    const auto rows = all_rows(general.task);
    std::vector<double> b;
    const double loss = general.engine->loss_and_gradient(b);
    const auto lb = general.engine->logits(rows);
    for (const auto& [path, name] : {std::pair{"model.path=tables", "precomputed tables"},
                                     std::pair{"model.path=residual", "precomputed tables, residual stream"}}) {
      Lab fast(small_config({biases, path}));
      ASSERT_STREQ(fast.engine->path_name(), name);
      std::vector<double> a;
      EXPECT_NEAR(fast.engine->loss_and_gradient(a), loss, 1e-14);
      EXPECT_LT(relative_difference(a.data(), b.data(), static_cast<std::int64_t>(a.size())), 1e-13) << name;
      const auto la = fast.engine->logits(rows);
      EXPECT_LT(relative_difference(la.data(), lb.data(), static_cast<std::int64_t>(la.size())), 1e-14) << name;
    }
  }
}

TEST(Engine, PathsAgreeInFloat32) {
  Lab fast(small_config({"train.precision=float32", "task.modulus=23", "split.train_size=300", "model.d_model=24",
                         "model.n_heads=3", "model.d_mlp=70"}));
  Lab general(small_config({"train.precision=float32", "task.modulus=23", "split.train_size=300", "model.d_model=24",
                            "model.n_heads=3", "model.d_mlp=70", "model.path=general"}));
  std::vector<double> a, b;
  fast.engine->loss_and_gradient(a);
  general.engine->loss_and_gradient(b);
  // Sums of some 500 products: sqrt(500) * 6e-8 = 1.3e-6.
  EXPECT_LT(relative_difference(a.data(), b.data(), static_cast<std::int64_t>(a.size())), 2e-6);
}

// Tile heights and widths follow from p and d_model: sizes that give every kind of rest, each with several whole tiles.
// In float32 the bound holds for a smooth activation. With ReLU, one of a million neurons may lie so near 0 that
// rounding turns it on in one path and off in the other, which moves the gradient by some 1e-3 / sqrt(neurons * rows /
// 1e6).
TEST(Engine, PathsAgreeForManySizes) {
  struct Kind {
    Precision precision;
    Activation activation;
    double tolerance;
  };
  const Kind kinds[] = {{Precision::kFloat64, Activation::kRelu, 1e-13},
                        {Precision::kFloat32, Activation::kGelu, 5e-6},
                        {Precision::kFloat32, Activation::kRelu, 1e-3}};
  for (const std::int64_t p : {7, 23, 31, 67}) {
    for (const std::int64_t d : {24, 96, 128, 192}) {
      for (const Kind& kind : kinds) {
        Config config;
        config.task.modulus = p;
        config.model.d_model = d;
        config.model.activation = kind.activation;
        config.train.precision = kind.precision;
        config.split.train_fraction = 0.5;
        std::vector<double> b;
        config.model.path = ComputePath::kGeneral;
        const double loss = Lab(config, 2).engine->loss_and_gradient(b);
        for (const ComputePath path : {ComputePath::kTables, ComputePath::kResidual}) {
          config.model.path = path;
          Lab fast(config, 2);
          std::vector<double> a;
          const double difference = fast.engine->loss_and_gradient(a) - loss;
          EXPECT_LT(std::abs(difference), kind.tolerance) << fast.engine->path_name() << " " << p << " " << d;
          EXPECT_LT(relative_difference(a.data(), b.data(), static_cast<std::int64_t>(a.size())), kind.tolerance)
              << fast.engine->path_name() << " " << p << " " << d;
        }
      }
    }
  }
}

/// ||g - reference|| / ||reference|| of the float32 gradient in a form, at given weights.
double float32_error(const Config& config, const char* path, const std::vector<std::vector<double>>& weights,
                     const std::vector<double>& reference) {
  Config own = config;
  set_config_value(own, std::string("model.path=") + path);
  own.train.precision = Precision::kFloat32;
  Lab lab(own);
  std::size_t index = 0;
  for (const TensorSpec& spec : lab.engine->layout().tensors()) lab.engine->set_tensor(spec, weights[index++]);
  std::vector<double> gradient;
  lab.engine->loss_and_gradient(gradient);
  return relative_difference(gradient.data(), reference.data(), static_cast<std::int64_t>(gradient.size()));
}

// Products of weights that are folded in float32 must not lose what the separate products kept: at the weights of a
// trained network the gradient's rounding error in the folded form is that of the others. gelu, since one neuron of
// relu on the wrong side of 0 would weigh more than all rounding. Catches: tables kept in half precision, a difference
// of positions formed behind the products (errors of 1e-3 and more).
TEST(Engine, FoldedWeightsLoseNoDigits) {
  const Config config = small_config({"task.modulus=23", "split.train_size=300", "model.d_model=24", "model.n_heads=3",
                                      "model.d_mlp=70", "model.activation=gelu", "model.path=general"});
  Lab exact(config);
  exact.engine->advance(1500);
  std::vector<std::vector<double>> weights;
  for (const TensorSpec& spec : exact.engine->layout().tensors()) {
    weights.push_back(exact.engine->tensor(spec));
    for (double& w : weights.back()) w = static_cast<double>(static_cast<float>(w));
    exact.engine->set_tensor(spec, weights.back());
  }
  std::vector<double> reference;
  exact.engine->loss_and_gradient(reference);
  const double general = float32_error(config, "general", weights, reference);
  EXPECT_GT(general, 1e-8);  // control: this is float32
  EXPECT_LT(general, 1e-4);
  EXPECT_LT(float32_error(config, "residual", weights, reference), 4 * general);
  EXPECT_LT(float32_error(config, "tables", weights, reference), 4 * general);
}

TEST(Engine, InstructionSetsAgreeToRounding) {
  for (const char* path : {"model.path=tables", "model.path=residual", "model.path=general"}) {
    const Config config = small_config({path, "task.modulus=23", "split.train_size=400", "model.d_model=40",
                                        "model.n_heads=4", "model.d_mlp=100", "model.biases=all"});
    Lab best(config);
    std::vector<double> expected;
    best.engine->loss_and_gradient(expected);
    for (const Kernels<double>* kernels : all_kernels<double>()) {
      Lab other(config, 1, kernels->instruction_set);
      std::vector<double> gradient;
      other.engine->loss_and_gradient(gradient);
      EXPECT_LT(relative_difference(gradient.data(), expected.data(), static_cast<std::int64_t>(expected.size())),
                1e-13)
          << kernels->instruction_set;
    }
  }
}

std::vector<std::byte> parameters_after(const Config& config, int threads, std::int64_t steps) {
  Lab lab(config, threads);
  EXPECT_TRUE(lab.engine->advance(steps));
  return lab.engine->export_state().parameters;
}

TEST(Engine, ThreadsDoNotChangeTheBits) {
  const Config tables = small_config({"train.precision=float32", "task.modulus=37", "split.train_size=1100",
                                      "model.d_model=32", "model.n_heads=4", "model.d_mlp=64"});
  Config deep = tables;
  deep.model.n_layers = 2;
  deep.model.layer_norm = LayerNormKind::kPre;
  Config mlp = tables;
  mlp.model.architecture = "mlp";
  Config batches = tables;
  batches.optim.batch_size = 300;
  for (const Config& config : {tables, deep, mlp, batches}) {
    const auto one = parameters_after(config, 1, 25);
    EXPECT_EQ(one, parameters_after(config, 2, 25));
    EXPECT_EQ(one, parameters_after(config, 5, 25));
    EXPECT_NE(one, parameters_after(config, 1, 24));  // control: the comparison can fail
  }
}

// Catches: a number of chunks that follows the threads; chunks summed as they end; an empty chunk in the last batch of
// an epoch (1,100 rows in batches of 362 leave 14, fewer than 16 chunks); a key that the engine does not read.
TEST(Engine, ThreadsDoNotChangeTheBitsOfAnyNumberOfChunks) {
  for (const char* kind : {"model.path=tables", "model.path=residual", "model.path=general", "model.architecture=mlp",
                           "optim.batch_size=362"}) {
    std::vector<std::vector<std::byte>> by_chunks;
    for (const char* chunks : {"train.chunks=1", "train.chunks=2", "train.chunks=3", "train.chunks=16"}) {
      const Config config = small_config({"train.precision=float32", "task.modulus=37", "split.train_size=1100",
                                          "model.d_model=32", "model.n_heads=4", "model.d_mlp=64", kind, chunks});
      by_chunks.push_back(parameters_after(config, 1, 9));
      for (const int threads : {2, 3, 16}) {
        EXPECT_EQ(by_chunks.back(), parameters_after(config, threads, 9)) << kind << ", " << chunks << ", " << threads;
      }
    }
    for (std::size_t i = 1; i < by_chunks.size(); ++i) EXPECT_NE(by_chunks[i], by_chunks[i - 1]) << kind << " " << i;
  }
}

// A key at its default computes what it always did. Catches: a rule that reads 0 as one chunk.
TEST(Engine, ChunksByTheNumberOfRowsAreTheSameRun) {
  const auto bits = [](std::initializer_list<const char*> settings) {
    Config config = small_config({"train.precision=float32", "task.modulus=37", "split.train_size=1100"});
    for (const char* s : settings) set_config_value(config, s);
    return parameters_after(config, 1, 9);
  };
  EXPECT_EQ(bits({}), bits({"train.chunks=2"}));
  EXPECT_NE(bits({}), bits({"train.chunks=1"}));
  EXPECT_EQ(bits({"split.train_size=300"}), bits({"split.train_size=300", "train.chunks=1"}));
}

// The gradient of a batch is the mean over its rows, whatever the chunks. Catches: rows lost or taken twice between
// chunks, a mean per chunk.
TEST(Engine, ChunksGiveOneGradient) {
  for (const char* path : {"model.path=tables", "model.path=residual", "model.path=general"}) {
    Lab one(small_config({path, "train.chunks=1"}));
    std::vector<double> expected, gradient;
    one.engine->loss_and_gradient(expected);
    for (const char* chunks : {"train.chunks=2", "train.chunks=7", "train.chunks=30"}) {
      Lab lab(small_config({path, chunks}), 2);
      lab.engine->loss_and_gradient(gradient);
      EXPECT_LT(relative_difference(gradient.data(), expected.data(), static_cast<std::int64_t>(expected.size())),
                1e-14)
          << path << ", " << chunks;
    }
  }
}

TEST(Engine, NeighboursDoNotChangeTheBits) {
  const Config config = small_config({"train.precision=float32", "task.modulus=23", "split.train_size=300"});
  const auto alone = parameters_after(config, 1, 60);
  std::vector<std::vector<std::byte>> beside(4);
  std::vector<std::thread> runs;
  for (std::size_t i = 0; i < beside.size(); ++i) {
    runs.emplace_back([&, i] {
      Config own = config;
      own.seed = i % 2 == 0 ? config.seed : 5;
      beside[i] = parameters_after(own, static_cast<int>(i / 2) + 1, 60);
    });
  }
  for (std::thread& run : runs) run.join();
  EXPECT_EQ(beside[0], alone);
  EXPECT_EQ(beside[2], alone);
  EXPECT_NE(beside[1], alone);  // control: another seed's bits differ
}

TEST(Engine, ImportedStateGoesOnBitIdentically) {
  for (const char* kind : {"optim.kind=adamw", "optim.kind=adam", "optim.kind=sgd"}) {
    const Config config = small_config({kind, "optim.batch_size=7"});
    Lab whole(config);
    ASSERT_TRUE(whole.engine->advance(40));
    Lab first(config);
    ASSERT_TRUE(first.engine->advance(17));
    Lab second(config);
    second.engine->import_state(first.engine->export_state());
    ASSERT_TRUE(second.engine->advance(40));
    EXPECT_EQ(whole.engine->export_state().parameters, second.engine->export_state().parameters);
    EXPECT_EQ(whole.engine->measure().gradient_norm, second.engine->measure().gradient_norm);
  }
}

TEST(Engine, DivergenceStopsAtItsStep) {
  Lab lab(small_config({"optim.kind=sgd", "optim.learning_rate=1e300", "optim.warmup_steps=0"}));
  EXPECT_FALSE(lab.engine->advance(100));
  EXPECT_LT(lab.engine->step(), 10);
}

TEST(Engine, MeasureCountsGroups) {
  Lab lab(small_config());
  const Record record = lab.engine->measure();
  EXPECT_EQ(record.train.rows, 30);
  EXPECT_EQ(record.test.rows, 19);
  EXPECT_EQ(record.never_seen.rows, 19);
  EXPECT_EQ(record.removed.rows, 0);
  EXPECT_TRUE(std::isnan(record.removed.loss));
  EXPECT_NEAR(record.train.loss, std::log(7.0), 0.5);
  double squares = 0;
  for (const double norm : record.tensor_norms) squares += norm * norm;
  EXPECT_NEAR(record.norm, std::sqrt(squares), 1e-12);
}

TEST(Engine, MeasurementsFollowTheirDefinitions) {
  Lab lab(small_config());
  lab.engine->advance(60);
  const auto rows = all_rows(lab.task);
  const auto logits = lab.engine->logits(rows);
  double loss = 0, margin = 0, margin_min = 1e300, correct = 0, centred = 0, hits = 0;
  for (const std::int64_t row : lab.split.train) {
    const double* l = logits.data() + row * 7;
    const int y = lab.task.labels[static_cast<std::size_t>(row)];
    double sum = 0, mean = 0, other = -1e300;
    for (int c = 0; c < 7; ++c) {
      sum += std::exp(l[c]);
      mean += l[c] / 7;
      if (c != y) other = std::max(other, l[c]);
    }
    loss += (std::log(sum) - l[y]) / 30;
    margin += (l[y] - other) / 30;
    margin_min = std::min(margin_min, l[y] - other);
    correct += l[y] / 30;
    centred += (l[y] - mean) / 30;
    hits += l[y] > other ? 1.0 / 30 : 0;
  }
  const GroupMetrics train = lab.engine->measure().train;
  EXPECT_NEAR(train.loss, loss, 1e-12);
  EXPECT_NEAR(train.margin, margin, 1e-12);
  EXPECT_NEAR(train.margin_min, margin_min, 1e-12);
  EXPECT_NEAR(train.correct_logit, correct, 1e-12);
  EXPECT_NEAR(train.correct_logit_centred, centred, 1e-12);
  EXPECT_NEAR(train.accuracy, hits, 1e-12);
}

TEST(Engine, AddingBiasesKeepsTheOtherInitialWeights) {
  Lab few(small_config({"model.biases=none"})), all(small_config({"model.biases=all"}));
  const TensorSpec& a = few.engine->layout().at("unembed.W_U");
  const TensorSpec& b = all.engine->layout().at("unembed.W_U");
  EXPECT_EQ(few.engine->tensor(a), all.engine->tensor(b));
}

TEST(Engine, RefusesWhatCannotBe) {
  EXPECT_THROW(Lab(small_config({"optim.batch_size=31"})), Error);
  EXPECT_THROW(Lab(small_config({"train.chunks=31"})), Error);
  EXPECT_THROW(Lab(small_config({"optim.decay=nothing"})), Error);
  EXPECT_THROW(Lab(small_config(), 1, "abacus"), Error);
}

}  // namespace
}  // namespace groklab
