// Other people's networks in TransformerLens layout: every shape that their vocabularies and biases come in, against
// a forward pass written down here once more, in double.
#include "groklab/lab/evaluate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/files/safetensors.h"

namespace groklab {
namespace {

constexpr std::int64_t kP = 5, kHeads = 2, kModel = 6, kHead = 3, kMlp = 7;

struct Shape {
  std::int64_t vocabulary = kP + 1, outputs = kP, tokens = 3;
  bool biases = false;
};

using Tensors = std::map<std::string, FileTensor>;

void add(Tensors& tensors, const std::string& name, std::vector<std::int64_t> shape, double scale = 1.0) {
  RandomStream random(7, StreamPurpose::kInit, tensors.size());
  std::int64_t size = 1;
  for (const std::int64_t extent : shape) size *= extent;
  std::vector<double> values(static_cast<std::size_t>(size));
  for (double& value : values) value = scale * random.next_normal();
  FileTensor tensor = {name, "F64", std::move(shape), std::vector<std::byte>(values.size() * sizeof(double))};
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  tensors[name] = std::move(tensor);
}

Tensors network(const Shape& shape) {
  Tensors tensors;
  const std::string block = "blocks.0.";
  add(tensors, "embed.W_E", {shape.vocabulary, kModel});
  add(tensors, "pos_embed.W_pos", {shape.tokens, kModel});
  for (const char* name : {"attn.W_Q", "attn.W_K", "attn.W_V"}) add(tensors, block + name, {kHeads, kModel, kHead});
  add(tensors, block + "attn.W_O", {kHeads, kHead, kModel});
  add(tensors, block + "mlp.W_in", {kModel, kMlp});
  add(tensors, block + "mlp.W_out", {kMlp, kModel});
  add(tensors, "unembed.W_U", {kModel, shape.outputs});
  if (!shape.biases) return tensors;
  for (const char* name : {"attn.b_Q", "attn.b_K", "attn.b_V"}) add(tensors, block + name, {kHeads, kHead});
  add(tensors, block + "attn.b_O", {kModel});
  add(tensors, block + "mlp.b_in", {kMlp});
  add(tensors, block + "mlp.b_out", {kModel});
  add(tensors, "unembed.b_U", {shape.outputs});
  return tensors;
}

/// A tensor's values, or zeros for one that is absent.
class Values {
 public:
  Values(const Tensors& tensors, const std::string& name) {
    const auto found = tensors.find(name);
    if (found != tensors.end()) values_ = found->second.values();
  }
  double operator[](std::int64_t at) const { return values_.empty() ? 0.0 : values_[static_cast<std::size_t>(at)]; }

 private:
  std::vector<double> values_;
};

/// Logits at the last token.
std::vector<double> logits_of(const Tensors& t, const Shape& shape, const std::vector<std::int64_t>& tokens) {
  const Values embed(t, "embed.W_E"), position(t, "pos_embed.W_pos");
  const auto count = static_cast<std::int64_t>(tokens.size());
  std::vector<std::vector<double>> x(tokens.size(), std::vector<double>(kModel));
  for (std::int64_t s = 0; s < count; ++s) {
    for (std::int64_t i = 0; i < kModel; ++i) {
      x[s][i] = embed[tokens[s] * kModel + i] + position[s * kModel + i];
    }
  }
  const auto project = [&](const char* which, std::int64_t head, std::int64_t s, std::int64_t k) {
    const Values weight(t, std::string("blocks.0.attn.W_") + which), bias(t, std::string("blocks.0.attn.b_") + which);
    double sum = bias[head * kHead + k];
    for (std::int64_t i = 0; i < kModel; ++i) sum += x[s][i] * weight[(head * kModel + i) * kHead + k];
    return sum;
  };
  std::vector<double> stream = x.back();
  const Values out(t, "blocks.0.attn.W_O"), out_bias(t, "blocks.0.attn.b_O");
  for (std::int64_t i = 0; i < kModel; ++i) stream[i] += out_bias[i];
  for (std::int64_t head = 0; head < kHeads; ++head) {
    std::vector<double> fraction(tokens.size());
    double total = 0;
    for (std::int64_t s = 0; s < count; ++s) {
      double score = 0;
      for (std::int64_t k = 0; k < kHead; ++k) score += project("Q", head, count - 1, k) * project("K", head, s, k);
      total += fraction[s] = std::exp(score / std::sqrt(static_cast<double>(kHead)));
    }
    for (std::int64_t s = 0; s < count; ++s) {
      for (std::int64_t k = 0; k < kHead; ++k) {
        const double z = fraction[s] / total * project("V", head, s, k);
        for (std::int64_t i = 0; i < kModel; ++i) stream[i] += z * out[(head * kHead + k) * kModel + i];
      }
    }
  }
  const Values in(t, "blocks.0.mlp.W_in"), in_bias(t, "blocks.0.mlp.b_in"), back(t, "blocks.0.mlp.W_out"),
      back_bias(t, "blocks.0.mlp.b_out");
  std::vector<double> after = stream;
  for (std::int64_t i = 0; i < kModel; ++i) after[i] += back_bias[i];
  for (std::int64_t j = 0; j < kMlp; ++j) {
    double neuron = in_bias[j];
    for (std::int64_t i = 0; i < kModel; ++i) neuron += stream[i] * in[i * kMlp + j];
    for (std::int64_t i = 0; i < kModel; ++i) after[i] += std::max(neuron, 0.0) * back[j * kModel + i];
  }
  const Values unembed(t, "unembed.W_U"), unembed_bias(t, "unembed.b_U");
  std::vector<double> logits(static_cast<std::size_t>(shape.outputs));
  for (std::int64_t c = 0; c < shape.outputs; ++c) {
    logits[c] = unembed_bias[c];
    for (std::int64_t i = 0; i < kModel; ++i) logits[c] += after[i] * unembed[i * shape.outputs + c];
  }
  return logits;
}

GroupMetrics expected_metrics(const Tensors& tensors, const Shape& shape) {
  GroupMetrics metrics;
  for (std::int64_t a = 0; a < kP; ++a) {
    for (std::int64_t b = 0; b < kP; ++b) {
      std::vector<std::int64_t> tokens = {a, b};
      if (shape.tokens == 4) tokens.insert(tokens.begin() + 1, kP);
      if (shape.tokens >= 3) tokens.push_back(shape.vocabulary - 1);
      const std::vector<double> logits = logits_of(tensors, shape, tokens);
      const auto label = static_cast<std::size_t>((a + b) % kP);
      double sum = 0;
      std::size_t best = 0;
      for (std::size_t c = 0; c < logits.size(); ++c) {
        sum += std::exp(logits[c] - logits[label]);
        if (logits[c] > logits[best]) best = c;
      }
      metrics.loss += std::log(sum) / (kP * kP);
      metrics.accuracy += (best == label ? 1.0 : 0.0) / (kP * kP);
      ++metrics.rows;
    }
  }
  return metrics;
}

struct ImportedWeights : testing::Test {
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "groklab-eval-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string write(const Tensors& tensors) {
    TensorFile file;
    for (const auto& [name, tensor] : tensors) file.tensors.push_back(tensor);
    const std::filesystem::path path = directory / "weights.safetensors";
    write_safetensors(path, file);
    return path.string();
  }
  Evaluation evaluate(const Tensors& tensors, std::vector<std::string> assignments = {}) {
    assignments.insert(assignments.begin(), {"task.modulus=5", "train.precision=float64"});
    return evaluate_weights(write(tensors), std::nullopt, assignments, pool);
  }
  void expect_refused(const Tensors& tensors, const std::string& part, const std::vector<std::string>& more = {}) {
    try {
      evaluate(tensors, more);
      FAIL() << "accepted; expected a message with " << part;
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find(part), std::string::npos) << message;
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
  }

  std::filesystem::path directory;
  ThreadPool pool{1};
};

TEST_F(ImportedWeights, EveryVocabularyAndBiases) {
  for (const std::int64_t tokens : {2, 3, 4}) {
    for (std::int64_t vocabulary = kP + tokens - 2; vocabulary <= kP + 2; ++vocabulary) {
      for (const std::int64_t outputs : {kP, kP + 1, kP + 2}) {
        for (const bool biases : {false, true}) {
          const Shape shape = {vocabulary, outputs, tokens, biases};
          const Tensors tensors = network(shape);
          const GroupMetrics expected = expected_metrics(tensors, shape);
          const Evaluation found = evaluate(tensors);
          SCOPED_TRACE(testing::Message() << tokens << " tokens, vocabulary " << vocabulary << ", outputs " << outputs
                                          << (biases ? ", biases" : ""));
          EXPECT_EQ(found.all.rows, kP * kP);
          EXPECT_NEAR(found.all.loss, expected.loss, 1e-12 * std::abs(expected.loss));
          EXPECT_NEAR(found.all.accuracy, expected.accuracy, 1e-12);
        }
      }
    }
  }
}

TEST_F(ImportedWeights, AnAbsentBiasIsZeroAndBuffersAreIgnored) {
  const Shape shape = {kP + 1, kP, 3, true};
  Tensors tensors = network(shape);
  tensors.erase("blocks.0.attn.b_K");
  tensors.erase("blocks.0.mlp.b_out");
  add(tensors, "blocks.0.attn.mask", {3, 3});
  add(tensors, "blocks.0.attn.IGNORE", {});
  EXPECT_NEAR(evaluate(tensors).all.loss, expected_metrics(tensors, shape).loss, 1e-10);
}

TEST_F(ImportedWeights, ASplitGivesGroups) {
  const Evaluation result = evaluate(network({}), {"split.train_size=10"});
  EXPECT_TRUE(result.has_split);
  EXPECT_EQ(result.train.rows, 10);
  EXPECT_EQ(result.test.rows, 15);
  EXPECT_NEAR(result.all.loss, evaluate(network({})).all.loss, 1e-12);
}

TEST_F(ImportedWeights, ALyingConfigurationInTheFileIsRefused) {
  for (const char* lie : {"{", "[]", "{\"task\":{\"modulus\":1}}", "{\"no_such\":1}"}) {
    TensorFile file;
    for (const auto& [name, tensor] : network({})) file.tensors.push_back(tensor);
    file.metadata = {{"groklab.config", lie}};
    const std::filesystem::path path = directory / "lie.safetensors";
    write_safetensors(path, file);
    try {
      evaluate_weights(path.string(), std::nullopt, {"task.modulus=5"}, pool);
      FAIL() << lie;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("lie.safetensors: "), std::string::npos) << error.what();
    }
  }
}

// Catches: files that foreign metadata name and that are opened; a pipe that is waited for; a table of gigabytes.
TEST_F(ImportedWeights, MetadataOpenNoFileAndMakeNoLargeTable) {
  const std::filesystem::path pipe = directory / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto refusal = [&](const nlohmann::json& config, const std::vector<std::string>& assignments = {}) {
    TensorFile file;
    for (const auto& [name, tensor] : network({})) file.tensors.push_back(tensor);
    file.metadata = {{"groklab.config", config.dump()}};
    const std::filesystem::path path = directory / "foreign.safetensors";
    write_safetensors(path, file);
    try {
      evaluate_weights(path.string(), std::nullopt, assignments, pool);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto table = [&](const std::string& path) {
    return nlohmann::json{{"task", {{"operation", "table"}, {"table", path}}}};
  };
  EXPECT_NE(refusal(table("/dev/zero")).find("not opened unasked"), std::string::npos);
  EXPECT_NE(refusal(table(pipe.string())).find("not opened unasked"), std::string::npos);
  EXPECT_NE(refusal(table("x.csv"), {"task.modulus=5"}).find("not opened unasked"), std::string::npos);
  // What the user names is opened, if it is a file.
  for (const std::string& path : {std::string("/dev/zero"), pipe.string()}) {
    EXPECT_NE(refusal(table("x.csv"), {"task.table=" + path}).find("a device or a pipe"), std::string::npos);
  }
  const nlohmann::json wide = {{"task", {{"operation", "parity"}, {"parity_bits", 60}, {"parity_rows", 4'000'000}}}};
  EXPECT_NE(refusal(wide).find("a table of 4000000 rows"), std::string::npos) << refusal(wide);
  const nlohmann::json group = {{"task", {{"operation", "group_product"}, {"group_degree", 6}}}};
  EXPECT_NE(refusal(group).find("embed.W_E"), std::string::npos) << refusal(group);
}

// Catches: time that grows with the square of the number of tensors (50,000 took 20 s).
TEST_F(ImportedWeights, ManyTensorsAreRefusedAtOnce) {
  TensorFile file;
  for (int i = 0; i < 50'000; ++i) {
    file.tensors.push_back({fmt::format("blocks.{}.mlp.W_in", i), "F32", {1}, std::vector<std::byte>(4)});
  }
  const std::filesystem::path path = directory / "many.safetensors";
  write_safetensors(path, file);
  const std::clock_t start = std::clock();  // of the processor: others' work does not count
  try {
    evaluate_weights(path.string(), std::nullopt, {}, pool);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("found 50000"), std::string::npos) << error.what();
  }
  EXPECT_LT(std::clock() - start, 5 * CLOCKS_PER_SEC);
}

TEST_F(ImportedWeights, WhatDoesNotFitIsSaidInOneLine) {
  const Tensors good = network({});
  const auto changed = [&](const std::function<void(Tensors&)>& change) {
    Tensors tensors = good;
    change(tensors);
    return tensors;
  };
  expect_refused(changed([](Tensors& t) { add(t, "blocks.0.surprise", {2}); }), "blocks.0.surprise");
  expect_refused(changed([](Tensors& t) { t.erase("blocks.0.attn.W_K"); }), "blocks.0.attn.W_K");
  expect_refused(changed([](Tensors& t) { t.erase("embed.W_E"); }), "embed.W_E");
  expect_refused(changed([](Tensors& t) { add(t, "embed.W_E", {kP + 3, kModel}); }), "found 8");
  expect_refused(changed([](Tensors& t) { add(t, "embed.W_E", {kP, kModel}); }), "found 5");
  expect_refused(changed([](Tensors& t) { add(t, "embed.W_E", {kP + 1}); }), "embed.W_E");
  expect_refused(changed([](Tensors& t) { add(t, "pos_embed.W_pos", {5, kModel}); }), "W_pos");
  expect_refused(changed([](Tensors& t) { add(t, "unembed.W_U", {kModel, kP - 1}); }), "unembed.W_U");
  expect_refused(changed([](Tensors& t) { add(t, "unembed.W_U", {kModel + 1, kP}); }), "unembed.W_U");
  expect_refused(changed([](Tensors& t) { add(t, "blocks.0.attn.W_V", {kHeads, kModel, kHead + 1}); }), "W_V");
  expect_refused(good, "model.d_mlp", {"model.d_mlp=8"});
}

}  // namespace
}  // namespace groklab
