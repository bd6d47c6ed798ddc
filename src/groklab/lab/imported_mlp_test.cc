// Imported embedding MLPs tell their shape by their tensors: every shape, against a forward pass written down here.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <random>

#include "groklab/base/error.h"
#include "groklab/files/safetensors.h"
#include "groklab/lab/evaluate.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

constexpr std::int64_t kModulus = 5;

struct MlpShape {
  std::int64_t d_model = 3, d_mlp = 4, layers = 1, outputs = kModulus;
  bool sum = false, layer_biases = false, output_bias = false;
};

class MlpFile {
 public:
  explicit MlpFile(const MlpShape& shape, std::int64_t symbols = kModulus) : shape_(shape) {
    add("embed.W_E", {symbols, shape.d_model});
    std::int64_t width = (shape.sum ? 1 : 2) * shape.d_model;
    for (std::int64_t i = 0; i < shape.layers; ++i) {
      const std::string prefix = "layers." + std::to_string(i) + ".";
      add(prefix + "W", {width, shape.d_mlp});
      if (shape.layer_biases) add(prefix + "b", {shape.d_mlp});
      width = shape.d_mlp;
    }
    add("unembed.W_U", {width, shape.outputs});
    if (shape.output_bias) add("unembed.b_U", {shape.outputs});
  }
  void add(const std::string& name, const std::vector<std::int64_t>& extents) {
    std::int64_t size = 1;
    for (const std::int64_t extent : extents) size *= extent;
    std::vector<double>& values = values_[name];
    values.resize(static_cast<std::size_t>(size));
    for (double& value : values) value = std::normal_distribution<double>()(random_);
    extents_[name] = extents;
  }
  void remove(const std::string& name) {
    values_.erase(name);
    extents_.erase(name);
  }
  TensorFile file() const {
    TensorFile file;
    for (const auto& [name, values] : values_) {
      FileTensor tensor{name, "F64", extents_.at(name), std::vector<std::byte>(values.size() * sizeof(double))};
      std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
      file.tensors.push_back(std::move(tensor));
    }
    return file;
  }
  /// Mean cross-entropy over the table of x + y.
  double loss() const {
    double loss = 0;
    for (std::int64_t x = 0; x < kModulus; ++x) {
      for (std::int64_t y = 0; y < kModulus; ++y) {
        const std::vector<double> logits = forward(x, y);
        double sum = 0;
        for (const double logit : logits) sum += std::exp(logit - logits[static_cast<std::size_t>((x + y) % kModulus)]);
        loss += std::log(sum) / (kModulus * kModulus);
      }
    }
    return loss;
  }

 private:
  std::vector<double> linear(const std::vector<double>& in, const std::string& weight, const std::string& bias) const {
    const auto out = static_cast<std::size_t>(extents_.at(weight)[1]);
    std::vector<double> result(out, 0.0);
    if (values_.contains(bias)) result = values_.at(bias);
    for (std::size_t i = 0; i < in.size(); ++i) {
      for (std::size_t j = 0; j < out; ++j) result[j] += in[i] * values_.at(weight)[i * out + j];
    }
    return result;
  }
  std::vector<double> forward(std::int64_t x, std::int64_t y) const {
    const auto d = static_cast<std::size_t>(shape_.d_model);
    std::vector<double> h(shape_.sum ? d : 2 * d, 0.0);
    for (std::size_t i = 0; i < d; ++i) {
      h[i] += values_.at("embed.W_E")[static_cast<std::size_t>(x) * d + i];
      h[shape_.sum ? i : d + i] += values_.at("embed.W_E")[static_cast<std::size_t>(y) * d + i];
    }
    for (std::int64_t layer = 0; layer < shape_.layers; ++layer) {
      const std::string prefix = "layers." + std::to_string(layer) + ".";
      h = linear(h, prefix + "W", prefix + "b");
      for (double& value : h) value = std::max(value, 0.0);
    }
    return linear(h, "unembed.W_U", "unembed.b_U");
  }

  MlpShape shape_;
  std::mt19937 random_{11};
  std::map<std::string, std::vector<double>> values_;
  std::map<std::string, std::vector<std::int64_t>> extents_;
};

class ImportedMlp : public ::testing::Test {
 protected:
  Evaluation evaluate(const MlpFile& network, std::vector<std::string> assignments = {}) {
    write_safetensors(path_, network.file());
    assignments.insert(assignments.begin(), {"task.modulus=5", "train.precision=float64"});
    return evaluate_weights(path_.string(), std::nullopt, assignments, pool_);
  }
  void expect_refused(const MlpFile& network, const std::string& part, const std::vector<std::string>& more = {}) {
    try {
      evaluate(network, more);
      FAIL() << "accepted; expected a message with " << part;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    }
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "mlp.safetensors";
  ThreadPool pool_{1};
};

TEST_F(ImportedMlp, EveryShapeIsReadFromTheTensors) {
  std::vector<MlpShape> shapes;
  for (const std::int64_t layers : {1, 2, 3}) {
    for (const bool sum : {false, true}) {
      shapes.push_back({.d_model = 3, .d_mlp = 4, .layers = layers, .sum = sum});
      shapes.push_back({.d_model = 8, .d_mlp = 6, .layers = layers, .sum = sum, .layer_biases = true});
      shapes.push_back({.d_model = 2,
                        .d_mlp = 9,
                        .layers = layers,
                        .outputs = kModulus + 2,
                        .sum = sum,
                        .layer_biases = true,
                        .output_bias = true});
    }
  }
  std::shuffle(shapes.begin(), shapes.end(), std::mt19937(5));
  for (const MlpShape& shape : shapes) {
    const MlpFile network(shape);
    const Evaluation found = evaluate(network);
    SCOPED_TRACE(testing::Message() << "d_model " << shape.d_model << ", layers " << shape.layers
                                    << (shape.sum ? ", sum" : ", concatenated"));
    const ModelConfig& model = found.config.model;
    EXPECT_EQ(model.architecture, "mlp");
    EXPECT_EQ(model.d_model, shape.d_model);
    EXPECT_EQ(model.d_mlp, shape.d_mlp);
    EXPECT_EQ(model.n_layers, shape.layers);
    EXPECT_EQ(model.combination, shape.sum ? EmbeddingCombination::kSum : EmbeddingCombination::kConcatenate);
    EXPECT_EQ(model.biases, shape.output_bias ? Biases::kAll : shape.layer_biases ? Biases::kMlp : Biases::kNone);
    EXPECT_NEAR(found.all.loss, network.loss(), 1e-12 * network.loss());
  }
}

TEST_F(ImportedMlp, WhatContradictsTheFileIsRefused) {
  const MlpFile good({.layers = 2});
  expect_refused(good, "model.d_mlp = 5 as set, found 4", {"model.d_mlp=5"});
  expect_refused(good, "model.n_layers = 1 as set, found 2", {"model.n_layers=1"});
  expect_refused(good, "of 3 rows for model.combination = sum", {"model.combination=sum"});
  expect_refused(good, "model.architecture = transformer as set, found mlp", {"model.architecture=transformer"});
  EXPECT_EQ(evaluate(good, {"model.n_layers=2", "model.combination=concatenate"}).all.rows, 25);
}

TEST_F(ImportedMlp, WhatDoesNotFitIsSaidInOneLine) {
  MlpFile odd({.d_model = 3});
  odd.add("layers.0.W", {7, 4});
  expect_refused(odd, "expected layers.0.W of 3 rows for model.combination = sum");
  MlpFile wide({.d_model = 3});
  wide.add("layers.0.W", {9, 4});
  expect_refused(wide, "layers.0.W");
  MlpFile uneven({.layers = 2});
  uneven.add("layers.1.W", {4, 5});
  expect_refused(uneven, "layers.1.W");
  MlpFile headless({});
  headless.remove("unembed.W_U");
  expect_refused(headless, "unembed.W_U");
  MlpFile flat({});
  flat.add("layers.0.W", {24});
  expect_refused(flat, "layers.0.W of shape [inputs, d_mlp], found [24]");
  expect_refused(MlpFile({.outputs = kModulus - 1}), "unembed.W_U of at least 5 columns");
  expect_refused(MlpFile({}, kModulus + 1), "embed.W_E");
}

}  // namespace
}  // namespace groklab
