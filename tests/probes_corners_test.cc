// Probes against values worked out by hand where the hand-built networks of probes_test.cc do not reach: attention's
// joined heads, networks with more logits than classes, two layers, groups that are not all of the symbols.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "engine_fixture.h"
#include "groklab/model/architecture.h"
#include "groklab/probe/causal.h"
#include "groklab/probe/geometry.h"
#include "groklab/probe/neurons.h"
#include "groklab/probe/part_metrics.h"
#include "groklab/probe/prober.h"
#include "groklab/probe/task_group.h"
#include "groklab/probe/weights.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

using testing::Lab;
using testing::small_config;

/// x + y mod 2: rows 00, 01, 10, 11 with labels 0, 1, 1, 0; rows 0 and 1 are trained on.
struct FourRows {
  FourRows() {
    TaskConfig config;
    config.modulus = 2;
    task = task_of(config, 0);
    split.train = {0, 1};
    split.role = {RowRole::kTrain, RowRole::kTrain, RowRole::kRemoved, RowRole::kNeverSeen};
  }
  Task task;
  Split split;
};

// Catches: the groups swapped, training labels for test rows, the margin to the wrong class, a mean that is not taken.
TEST(PartMetrics, OfFourRowsByHand) {
  FourRows four;
  four.task.test_labels[2] = 0;  // as if row 2 were corrupted while it is trained on
  const std::vector<double> logits = {3, 1, 0, 2, 5, 1, 2, 6};
  const PartMetrics train = part_metrics(four.task, four.split, logits, false);
  EXPECT_DOUBLE_EQ(train.loss, std::log(1 + std::exp(-2.0)));
  EXPECT_EQ(train.accuracy, 1.0);
  EXPECT_DOUBLE_EQ(train.correct_logit, 1.0);
  EXPECT_DOUBLE_EQ(train.margin, 2.0);
  const PartMetrics test = part_metrics(four.task, four.split, logits, true);  // margins 4 and -4
  EXPECT_DOUBLE_EQ(test.loss, (std::log(1 + std::exp(-4.0)) + std::log(1 + std::exp(4.0))) / 2);
  EXPECT_EQ(test.accuracy, 0.5);
  EXPECT_DOUBLE_EQ(test.correct_logit, 0.0);
  EXPECT_DOUBLE_EQ(test.margin, 0.0);
  four.split.role.assign(4, RowRole::kTrain);
  EXPECT_TRUE(std::isnan(part_metrics(four.task, four.split, logits, true).margin)) << "no test rows";
}

TEST(PartMetrics, LargeLogitsDoNotOverflow) {
  const FourRows four;
  const std::vector<double> logits = {2000, 1000, 1000, 2000, 0, 0, 0, 0};
  EXPECT_EQ(part_metrics(four.task, four.split, logits, false).loss, 0.0);
}

// Catches: a row's classes taken from another row.
TEST(ClassLogits, DropsTheColumnsOfOtherTokens) {
  const FourRows four;
  const std::vector<double> wide = {1, 2, 9, 3, 4, 9, 5, 6, 9, 7, 8, 9};
  EXPECT_EQ(class_logits(wide, 3, four.task), (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}));
  const std::vector<double> exact = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(class_logits(exact, 2, four.task), exact);
}

// Catches: a strength one off, a part that is added instead of scaled.
TEST(Interventions, ScaleThePartAndNothingElse) {
  const FourRows four;
  const std::vector<double> logits = {3, 1, 0, 2, 1, 5, 2, 6};
  std::vector<double> part(8, 0.0);
  part[0] = 2;  // row 0 has logits 1 + 2 t and 1
  const std::vector<double> strengths = {0, 1, 2};
  const auto all = scale_part("part", four.task, four.split, logits, part, strengths);
  ASSERT_EQ(all.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const double t = strengths[i];
    EXPECT_EQ(all[i].strength, t);
    EXPECT_EQ(all[i].name, "part");
    // Logits of size 6 have roundings of 1e-15, and so have losses made of them, however small.
    EXPECT_NEAR(all[i].train_loss, (std::log(1 + std::exp(-2 * t)) + std::log(1 + std::exp(-2.0))) / 2, 4e-15);
    EXPECT_NEAR(all[i].test_loss, (std::log(1 + std::exp(-4.0)) + std::log(1 + std::exp(4.0))) / 2, 4e-15);
    EXPECT_EQ(all[i].test_accuracy, 0.5);
  }
  const std::vector<double> sweep = intervention_strengths();
  ASSERT_EQ(sweep.size(), 21u);
  EXPECT_EQ(sweep[0], 0.0);
  EXPECT_EQ(sweep[10], 1.0);
  EXPECT_EQ(sweep[20], 2.0);
}

/// Sets two elements of a tensor [heads, a, b] to 1 and all others to 0.
void two_ones(Engine& engine, const std::string& name, std::vector<std::int64_t> at) {
  const TensorSpec& spec = engine.layout().at(name);
  std::vector<double> values(static_cast<std::size_t>(spec.size), 0.0);
  for (const std::int64_t i : at) values[static_cast<std::size_t>(i)] = 1;
  engine.set_tensor(spec, values);
}

const TensorResult* of_tensor(const std::vector<TensorResult>& all, const std::string& name) {
  for (const TensorResult& one : all) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

// Catches: heads stacked where they stand side by side, or the other way round; biases and vectors that are measured.
TEST(Weights, HeadsOfAttentionAreOneMatrix) {
  Lab lab(small_config({"model.biases=all", "model.n_layers=1"}));  // d_model 8, 2 heads of 4
  Engine& engine = *lab.engine;
  // Head 0 has (0, 0), head 1 (0, 1): side by side one row of two ones, below each other two rows.
  two_ones(engine, "blocks.0.attn.W_Q", {0, 8 * 4 + 1});
  two_ones(engine, "blocks.0.attn.W_O", {0, 4 * 8 + 1});
  const std::vector<TensorResult> all = measure_weights(engine);
  const TensorResult *q = of_tensor(all, "blocks.0.attn.W_Q"), *o = of_tensor(all, "blocks.0.attn.W_O");
  ASSERT_NE(q, nullptr);
  ASSERT_NE(o, nullptr);
  EXPECT_NEAR(q->spectral_norm, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(q->effective_rank, 1.0, 1e-6);
  EXPECT_NEAR(o->spectral_norm, 1.0, 1e-12);
  EXPECT_NEAR(o->effective_rank, 2.0, 1e-6);
  for (const TensorResult& one : all) EXPECT_EQ(one.name.find("b_"), std::string::npos) << one.name;
  for (const char* name : {"embed.W_E", "blocks.0.mlp.W_in", "blocks.0.mlp.W_out", "blocks.0.attn.W_K",
                           "blocks.0.attn.W_V", "unembed.W_U"}) {
    EXPECT_NE(of_tensor(all, name), nullptr) << name;
  }
}

TEST(Probes, ANetworkWithoutAnEmbeddingIsSparedWhatNeedsOne) {
  for (const char* architecture : {"model.architecture=number_mlp", "model.architecture=one_hot_mlp"}) {
    Lab lab(small_config({architecture}));
    const ProbeResult result =
        Prober(lab.config, lab.task, lab.split).read(*lab.engine, parse_probes("all", "probes"), true);
    EXPECT_FALSE(result.frequencies.has_value()) << architecture;
    EXPECT_FALSE(result.geometry.has_value()) << architecture;
    EXPECT_TRUE(result.circuits.has_value()) << architecture;
  }
}

TEST(Weights, NormsAreThoseThatPenaltiesPressOn) {
  Lab lab(small_config({"model.biases=all", "model.n_layers=1"}));
  Engine& engine = *lab.engine;
  for (const TensorSpec& spec : engine.layout().tensors()) {
    engine.set_tensor(spec, std::vector<double>(static_cast<std::size_t>(spec.size)));
  }
  two_ones(engine, "blocks.0.attn.W_Q", {0, 8 * 4 + 1});  // one singular value, the root of 2
  two_ones(engine, "blocks.0.attn.W_O", {0, 4 * 8 + 1});  // two of 1
  const TensorSpec& bias = engine.layout().at("blocks.0.mlp.b_in");
  std::vector<double> values(static_cast<std::size_t>(bias.size));
  values[0] = -3;
  engine.set_tensor(bias, values);
  const WeightNorms norms = weight_norms(engine);
  EXPECT_NEAR(norms.l1, 7, 1e-12) << "biases count, by their size";
  EXPECT_NEAR(norms.l2, std::sqrt(13.0), 1e-12);
  EXPECT_NEAR(norms.nuclear, 2 + std::sqrt(2.0), 1e-9) << "a bias is no matrix";
  EXPECT_NEAR(norms.largest, 3, 1e-12) << "by its size";
}

TEST(Weights, EffectiveRankDoesNotDependOnTheScale) {
  for (const double scale : {1e-9, 0.1, 1e9}) {
    const std::vector<double> two = {scale, scale, 0};
    EXPECT_NEAR(effective_rank(two), 2.0, 1e-12) << scale;
  }
  const std::vector<double> uneven = {3, 1}, none = {0, 0};
  EXPECT_NEAR(effective_rank(uneven), std::exp(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)), 1e-12);
  EXPECT_TRUE(std::isnan(effective_rank(none)));
}

// Catches: a tensor of another layer, a bias that is there or missing.
TEST(Neurons, TensorsOfEveryLayer) {
  ModelConfig model;
  model.n_layers = 2;
  const auto names = [&](std::int64_t layer) {
    const NeuronTensors t = neuron_tensors(model, layer);
    return std::vector<std::string>{t.in, t.bias, t.out};
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(1), (Names{"blocks.1.mlp.W_in", "blocks.1.mlp.b_in", "blocks.1.mlp.W_out"}));
  model.biases = Biases::kNone;
  EXPECT_EQ(names(0), (Names{"blocks.0.mlp.W_in", "", "blocks.0.mlp.W_out"}));
  model.architecture = "mlp";
  EXPECT_EQ(names(0), (Names{"layers.0.W", "", "layers.1.W"}));
  EXPECT_EQ(names(1), (Names{"layers.1.W", "", "unembed.W_U"}));
  model.biases = Biases::kMlp;
  EXPECT_EQ(names(1), (Names{"layers.1.W", "layers.1.b", "unembed.W_U"}));
}

// Catches: a response to one input alone that counts half, fractions of no periodic neuron at all.
TEST(Neurons, AResponseToOneInputIsDescribedByThatInput) {
  TaskConfig config;
  config.modulus = 11;
  const Task task = task_of(config, 0);
  const TaskGroup group = *task_group(config, task);
  std::vector<double> activations;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    activations.push_back(1 + std::cos(2 * M_PI * 4 * static_cast<double>(row % 11) / 11));  // of y alone
    activations.push_back(5);
  }
  const std::vector<double> squares = {1, 4};
  const NeuronMetrics m = measure_neurons(group, task, activations, squares, true);
  EXPECT_NEAR(m.each[0].ipr, 1.0, 1e-10);
  EXPECT_EQ(m.each[0].component, 3);
  EXPECT_TRUE(std::isnan(m.each[1].ipr)) << "constant in both";
  EXPECT_EQ(m.periodic, 1);
  EXPECT_NEAR(m.other_norm, 2.0, 1e-12);
  EXPECT_TRUE(measure_neurons(group, task, activations, squares, false).each.empty());
  const std::vector<double> flat(activations.size(), 5.0);
  for (const double fraction : measure_neurons(group, task, flat, squares, true).component_fraction) {
    EXPECT_EQ(fraction, 0.0);
  }
}

// Catches: a mean over classes that is added or left; elements outside of the group that count.
TEST(Geometry, AConstantOfEachRowDoesNotMatter) {
  for (const char* operation : {"add", "multiply", "subtract"}) {
    TaskConfig config;
    config.modulus = 7;
    config.operation = operation;
    const Task task = task_of(config, 0);
    const TaskGroup group = *task_group(config, task);
    std::vector<double> logits, shifted;
    for (std::int64_t row = 0; row < task.n_rows; ++row) {
      for (std::int64_t c = 0; c < task.n_classes; ++c) {
        logits.push_back(std::sin(static_cast<double>(3 * row + c * c)));
        shifted.push_back(logits.back() + 5 * std::cos(static_cast<double>(row)));
      }
    }
    const double plain = distance_irrelevance(group, task, logits);
    EXPECT_GT(plain, 0.3);
    EXPECT_LT(plain, 1.0);
    EXPECT_NEAR(distance_irrelevance(group, task, shifted), plain, 1e-12);
    std::vector<double> outside = logits;  // rows with a zero, which is no unit
    for (std::int64_t row = 0; row < task.n_rows; ++row) {
      if (row / 7 == 0 || row % 7 == 0) outside[static_cast<std::size_t>(row * 7)] += 100;
    }
    if (config.operation == "multiply") {
      EXPECT_NEAR(distance_irrelevance(group, task, outside), plain, 1e-10);
    } else {
      EXPECT_GT(std::abs(distance_irrelevance(group, task, outside) - plain), 1e-3) << "a control";
    }
    const std::vector<double> equal(logits.size(), 1.0);
    EXPECT_TRUE(std::isnan(distance_irrelevance(group, task, equal)));
  }
  TaskConfig polynomial;
  polynomial.modulus = 7;
  polynomial.operation = "quadratic";
  const Task task = task_of(polynomial, 0);
  const std::vector<double> logits(static_cast<std::size_t>(task.n_rows * 7), 1.0);
  EXPECT_TRUE(std::isnan(distance_irrelevance(*task_group(polynomial, task), task, logits))) << "no product";
}

TEST(Geometry, SymmetricityTakesAsManySamplesAsAsked) {
  Lab lab(small_config({}));
  const Symmetricity s = gradient_symmetricity(*lab.engine, lab.task, false, 40);
  EXPECT_EQ(s.samples, 40);
  EXPECT_LE(std::abs(s.mean), 1.0);
  EXPECT_EQ(gradient_symmetricity(*lab.engine, lab.task, false, 40).mean, s.mean) << "the same samples every time";
  EXPECT_NE(gradient_symmetricity(*lab.engine, lab.task, true, 40).mean, s.mean) << "other classes";
  const Symmetricity none = gradient_symmetricity(*lab.engine, lab.task, false, 0);
  EXPECT_EQ(none.samples, 0);
  EXPECT_TRUE(std::isnan(none.mean));
}

/// Predictions of a two-layer network of which only neurons with keep[layer][j] pass anything on.
std::vector<std::int64_t> predictions_keeping(Lab& lab, const std::vector<std::vector<bool>>& keep,
                                              const std::vector<std::vector<double>>& out) {
  Engine& engine = *lab.engine;
  for (std::size_t layer = 0; layer < 2; ++layer) {
    std::vector<double> values = out[layer];
    const std::size_t width = values.size() / keep[layer].size();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= keep[layer][i / width] ? 1 : 0;
    const std::string name = neuron_tensors(lab.config->model, static_cast<std::int64_t>(layer)).out;
    engine.set_tensor(engine.layout().at(name), values);
  }
  const std::vector<double> logits = engine.logits(all_rows(lab.task));
  std::vector<std::int64_t> best;
  for (auto row = logits.begin(); row != logits.end(); row += engine.logit_columns()) {
    best.push_back(std::max_element(row, row + lab.task.n_classes) - row);
  }
  return best;
}

// Catches: neurons of one layer only, an order by one of the two norms, a bisection that ends one off.
TEST(Subnetwork, OfTwoLayersIsWhatPlainSearchFinds) {
  Lab lab(small_config({"model.architecture=mlp", "model.n_layers=2", "model.d_mlp=5", "model.init_scale=3"}));
  Engine& engine = *lab.engine;
  engine.advance(50);
  struct Neuron {
    double strength;
    std::size_t layer, index;
  };
  std::vector<Neuron> neurons;
  std::vector<std::vector<double>> out;
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const NeuronTensors names = neuron_tensors(lab.config->model, static_cast<std::int64_t>(layer));
    const std::vector<double> in = engine.tensor(engine.layout().at(names.in));
    out.push_back(engine.tensor(engine.layout().at(names.out)));
    for (std::size_t j = 0; j < 5; ++j) {
      double into = 0, from = 0;
      for (std::size_t i = j; i < in.size(); i += 5) into += in[i] * in[i];
      const std::size_t width = out[layer].size() / 5;
      for (std::size_t i = j * width; i < (j + 1) * width; ++i) from += out[layer][i] * out[layer][i];
      neurons.push_back({into * from, layer, j});
    }
  }
  std::sort(neurons.begin(), neurons.end(), [](const Neuron& a, const Neuron& b) { return a.strength > b.strength; });
  std::vector<std::vector<bool>> keep(2, std::vector<bool>(5, true));
  const std::vector<std::int64_t> whole = predictions_keeping(lab, keep, out);
  std::vector<std::int64_t> agreement;  // by neurons kept
  for (std::size_t kept = 0; kept <= 10; ++kept) {
    keep.assign(2, std::vector<bool>(5, false));
    for (std::size_t i = 0; i < kept; ++i) keep[neurons[i].layer][neurons[i].index] = true;
    const std::vector<std::int64_t> now = predictions_keeping(lab, keep, out);
    agreement.push_back(
        std::inner_product(now.begin(), now.end(), whole.begin(), std::int64_t{0}, std::plus<>(), std::equal_to<>()));
  }
  predictions_keeping(lab, {std::vector<bool>(5, true), std::vector<bool>(5, true)}, out);  // as it was
  const SubnetworkMetrics m = measure_subnetwork(engine, lab.config->model, lab.task);
  EXPECT_EQ(m.neurons, 10);
  // A bisection finds an edge: so many neurons keep the predictions, one less does not.
  ASSERT_GT(m.keep_all, 0);
  EXPECT_EQ(agreement[static_cast<std::size_t>(m.keep_all)], 49);
  EXPECT_LT(agreement[static_cast<std::size_t>(m.keep_all - 1)], 49);
  EXPECT_EQ(m.keep_most, m.keep_all) << "99 % of 49 rows are all of them";
  EXPECT_LT(agreement[0], 49) << "a control";
  EXPECT_EQ(engine.tensor(engine.layout().at("unembed.W_U")), out[1]) << "weights are put back";
}

TEST(TaskGroup, SmallestPrimitiveRoots) {
  for (const auto& [p, root] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {3, 2}, {5, 2}, {7, 3}, {11, 2}, {23, 5}, {41, 6}, {113, 3}}) {
    EXPECT_EQ(primitive_root(p), root) << p;
  }
}

// Catches: factors that are swapped or not inverted; labels that are not their product.
TEST(TaskGroup, LabelsAreProductsOfTheirFactors) {
  for (const char* operation : {"add", "subtract", "multiply", "divide", "group_product"}) {
    TaskConfig config;
    config.modulus = 7;
    config.operation = operation;
    config.group_degree = 3;
    config.labels = LabelKind::kRandom;  // the group is that of the uncorrupted labels
    const Task task = task_of(config, 5);
    const TaskGroup group = *task_group(config, task);
    ASSERT_TRUE(group.is_product());
    std::int64_t products = 0;
    for (std::size_t row = 0; row < static_cast<std::size_t>(task.n_rows); ++row) {
      if (group.factor_x[row] < 0 || group.factor_y[row] < 0) continue;
      EXPECT_EQ(group.group.product(group.factor_x[row], group.factor_y[row]), group.label_of_row[row]) << row;
      ++products;
    }
    EXPECT_GE(products, 36);
  }
}

TEST(TaskGroup, ACompositeModulusHasNoUnits) {
  TaskConfig config;
  config.operation = "multiply";
  config.modulus = 8;
  const Task task = task_of(config, 0);
  const TaskGroup group = *task_group(config, task);
  EXPECT_FALSE(group.is_product());
  EXPECT_EQ(group.group.order, 8);
  config.modulus = 2;
  EXPECT_FALSE(task_group(config, task_of(config, 0))->is_product());
}

}  // namespace
}  // namespace groklab
