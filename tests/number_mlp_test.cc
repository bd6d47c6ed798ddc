// The MLP on numbers against the embedding MLP, which computes by tables: with an embedding of width 1 that holds each
// symbol's number both are one function.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine_fixture.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

using testing::Lab;

Config digits_config(const char* architecture, const char* precision) {
  Config config;
  for (const std::string& s :
       {std::string("task.operation=digits"), std::string("split.train_size=200"), std::string("model.d_model=1"),
        std::string("model.d_mlp=37"), std::string("model.n_layers=2"), std::string("model.activation=gelu"),
        std::string("model.biases=all"), std::string("model.architecture=") + architecture,
        std::string("train.precision=") + precision}) {
    set_config_value(config, s);
  }
  return config;
}

/// Weights of the MLP on numbers in the embedding MLP; `largest` is the number of the last symbol.
void copy_weights(const Engine& from, Engine& to, double largest) {
  for (const TensorSpec& spec : to.layout().tensors()) {
    std::vector<double> values;
    if (spec.name == "embed.W_E") {
      for (std::int64_t s = 0; s < spec.size; ++s) {
        values.push_back(largest * static_cast<double>(s) / static_cast<double>(spec.size - 1));
      }
    } else {
      std::string name = spec.name;
      if (name.starts_with("layers.")) name.replace(0, 6, "hidden");
      values = from.tensor(from.layout().at(name));
    }
    to.set_tensor(spec, values);
  }
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(NumberMlp, IsAnEmbeddingMlpWhoseEmbeddingIsTheNumber) {
  for (const auto& [precision, tolerance] : {std::pair("float64", 1e-12), std::pair("float32", 1e-4)}) {
    Lab numbers(digits_config("number_mlp", precision)), embedded(digits_config("mlp", precision));
    ASSERT_TRUE(numbers.engine->advance(20));
    const std::vector<std::int64_t> rows = all_rows(numbers.task);
    copy_weights(*numbers.engine, *embedded.engine, 1);
    EXPECT_LT(largest_difference(numbers.engine->logits(rows), embedded.engine->logits(rows)), tolerance) << precision;
    copy_weights(*numbers.engine, *embedded.engine, 1.01);  // control
    EXPECT_GT(largest_difference(numbers.engine->logits(rows), embedded.engine->logits(rows)), 10 * tolerance);
  }
}

TEST(NumberMlp, GradientsAreThoseOfTheEmbeddingMlp) {
  Lab numbers(digits_config("number_mlp", "float64")), embedded(digits_config("mlp", "float64"));
  copy_weights(*numbers.engine, *embedded.engine, 1);
  std::vector<double> own, other;
  EXPECT_NEAR(numbers.engine->loss_and_gradient(own), embedded.engine->loss_and_gradient(other), 1e-12);
  for (const TensorSpec& spec : numbers.engine->layout().tensors()) {
    std::string name = spec.name;
    if (name.starts_with("hidden.")) name.replace(0, 6, "layers");
    const TensorSpec& its = embedded.engine->layout().at(name);
    const auto of = [](const std::vector<double>& all, const TensorSpec& s) {
      return std::vector<double>(all.begin() + s.offset, all.begin() + s.offset + s.size);
    };
    EXPECT_LT(largest_difference(of(own, spec), of(other, its)), 1e-13) << spec.name;
  }
}

/// Numbers of one's own, negative and uneven: an embedding MLP whose embedding holds them agrees.
TEST(NumberMlp, TakesTheNumbersOfRowsOfOnesOwn) {
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    for (int c = 0; c < 5; ++c) rows += std::to_string(std::sin(0.7 * i + c)) + ",";
    rows += std::to_string(i % 3) + "\n";
  }
  const TemporaryFile file("numbers.csv", rows);
  const auto config = [&](const char* architecture) {
    Config c = digits_config(architecture, "float64");
    for (const std::string& s :
         {std::string("task.operation=rows"), "task.table=" + file.path(), std::string("split.train_size=30")}) {
      set_config_value(c, s);
    }
    return c;
  };
  Lab numbers(config("number_mlp")), embedded(config("mlp"));
  ASSERT_GT(numbers.task.n_symbols, 100);
  ASSERT_LT(numbers.task.symbol_values.front(), -0.9);
  const std::vector<std::int64_t> all = all_rows(numbers.task);
  copy_weights(*numbers.engine, *embedded.engine, 1);
  EXPECT_GT(largest_difference(numbers.engine->logits(all), embedded.engine->logits(all)), 1e-3) << "control";
  embedded.engine->set_tensor(embedded.engine->layout().at("embed.W_E"), numbers.task.symbol_values);
  EXPECT_LT(largest_difference(numbers.engine->logits(all), embedded.engine->logits(all)), 1e-12);
}

/// Catches: a weight for each of so many numbers that nothing would fit into memory.
TEST(NumberMlp, AloneTakesMoreNumbersThanOneWouldEmbed) {
  std::string rows;
  for (int i = 0; i < 2001; ++i) rows += std::to_string(i) + ".5," + std::to_string(i % 2) + "\n";
  const TemporaryFile file("many.csv", rows);
  for (const char* architecture : {"number_mlp", "mlp", "one_hot_mlp", "transformer"}) {
    Config config;
    for (const std::string& s :
         {std::string("task.operation=rows"), "task.table=" + file.path(),
          std::string("model.architecture=") + architecture, std::string("split.train_size=30")}) {
      set_config_value(config, s);
    }
    if (config.model.architecture == "number_mlp") {
      EXPECT_EQ(Lab(config).task.n_symbols, 2001);
    } else {
      expect_error(ErrorKind::kConfig, {"number_mlp", "2001 different numbers"}, [&] { Lab lab(config); });
    }
  }
}

/// Digits are learnt: guessing has 10 % of them right.
TEST(NumberMlp, LearnsDigits) {
  Lab lab(digits_config("number_mlp", "float32"));
  ASSERT_TRUE(lab.engine->advance(300));
  EXPECT_GT(lab.engine->measure().test.accuracy, 0.8);
}

}  // namespace
}  // namespace groklab
