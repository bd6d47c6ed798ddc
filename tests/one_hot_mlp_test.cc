// The MLP on one-hot inputs against two others that compute the same function another way: the embedding MLP whose
// embedding is the identity, and the MLP on numbers whose inputs are the zeros and ones themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine_fixture.h"

namespace groklab {
namespace {

using testing::Lab;

constexpr std::int64_t kModulus = 11;

/// 45 neurons are no whole number of vectors, and more than one panel of each instruction set's tables.
Config one_hot_config(const char* architecture, const char* precision) {
  Config config;
  for (const std::string& s :
       {std::string("task.modulus=11"), std::string("split.train_size=70"), std::string("model.d_model=11"),
        std::string("model.d_mlp=45"), std::string("model.n_layers=2"), std::string("model.activation=gelu"),
        std::string("model.biases=all"), std::string("model.init_scale=5"),
        std::string("model.architecture=") + architecture, std::string("train.precision=") + precision}) {
    set_config_value(config, s);
  }
  return config;
}

std::string one_hot_name(const std::string& embedded) {
  if (embedded.starts_with("layers.0.")) return "one_hot." + embedded.substr(9);
  if (embedded.starts_with("layers.")) return "hidden." + embedded.substr(7);
  return embedded;
}

/// The embedding becomes `diagonal` times the identity.
void copy_one_hot(const Engine& from, Engine& to, double diagonal) {
  for (const TensorSpec& spec : to.layout().tensors()) {
    std::vector<double> values(static_cast<std::size_t>(kModulus * kModulus), 0.0);
    if (spec.name == "embed.W_E") {
      for (std::int64_t s = 0; s < kModulus; ++s) values[static_cast<std::size_t>(s * (kModulus + 1))] = diagonal;
    } else {
      values = from.tensor(from.layout().at(one_hot_name(spec.name)));
    }
    to.set_tensor(spec, values);
  }
}

double one_hot_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(OneHotMlp, IsAnEmbeddingMlpWhoseEmbeddingIsTheIdentity) {
  for (const auto& [precision, tolerance] : {std::pair("float64", 1e-12), std::pair("float32", 1e-4)}) {
    Lab one_hot(one_hot_config("one_hot_mlp", precision)), embedded(one_hot_config("mlp", precision));
    ASSERT_TRUE(one_hot.engine->advance(20));
    const std::vector<std::int64_t> rows = all_rows(one_hot.task);
    copy_one_hot(*one_hot.engine, *embedded.engine, 1);
    EXPECT_LT(one_hot_difference(one_hot.engine->logits(rows), embedded.engine->logits(rows)), tolerance) << precision;
    copy_one_hot(*one_hot.engine, *embedded.engine, 1.01);  // control
    EXPECT_GT(one_hot_difference(one_hot.engine->logits(rows), embedded.engine->logits(rows)), 10 * tolerance);
  }
}

TEST(OneHotMlp, GradientsAreThoseOfTheEmbeddingMlp) {
  Lab one_hot(one_hot_config("one_hot_mlp", "float64")), embedded(one_hot_config("mlp", "float64"));
  copy_one_hot(*one_hot.engine, *embedded.engine, 1);
  std::vector<double> own, other;
  EXPECT_NEAR(one_hot.engine->loss_and_gradient(own), embedded.engine->loss_and_gradient(other), 1e-12);
  for (const TensorSpec& spec : embedded.engine->layout().tensors()) {
    if (spec.name == "embed.W_E") continue;
    const TensorSpec& its = one_hot.engine->layout().at(one_hot_name(spec.name));
    const auto of = [](const std::vector<double>& all, const TensorSpec& s) {
      return std::vector<double>(all.begin() + s.offset, all.begin() + s.offset + s.size);
    };
    EXPECT_LT(one_hot_difference(of(other, spec), of(own, its)), 1e-13) << spec.name;
  }
}

/// Row x p + y of the first matrix is read by symbol y of input x, and by nothing else.
TEST(OneHotMlp, ASymbolReadsTheRowOfItsInput) {
  Config config = one_hot_config("one_hot_mlp", "float64");
  for (const char* s : {"model.n_layers=1", "model.biases=none", "model.activation=quadratic"})
    set_config_value(config, s);
  Lab lab(config);
  std::vector<double> first(static_cast<std::size_t>(2 * kModulus * 45), 0.0);
  first[(11 + 3) * 45 + 44] = 2;  // y = 3, the last neuron
  lab.engine->set_tensor(lab.engine->layout().at("one_hot.W"), first);
  const std::vector<std::int64_t> rows = all_rows(lab.task);
  const std::vector<double> neurons = lab.engine->activations(rows).neurons;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t j = 0; j < 45; ++j) {
      EXPECT_EQ(neurons[row * 45 + j], lab.task.inputs[2 * row + 1] == 3 && j == 44 ? 4.0 : 0.0) << row << " " << j;
    }
  }
}

}  // namespace
}  // namespace groklab
