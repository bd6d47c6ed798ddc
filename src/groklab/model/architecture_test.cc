// Architectures: what each says of its tensors, and that the tensors say the same of it.
#include "groklab/model/architecture.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "groklab/base/error.h"

namespace groklab {
namespace {

ResolvedConfig config_of(const std::vector<const char*>& settings) {
  Config config;
  for (const char* s : {"task.modulus=7", "model.d_model=8", "model.n_heads=2", "model.d_mlp=12", "model.biases=all"}) {
    set_config_value(config, s);
  }
  for (const char* s : settings) set_config_value(config, s);
  return resolve_config(config);
}

ParameterLayout layout_of(const ResolvedConfig& config) {
  const Task task = make_task(config);
  return model_layout(config->model, model_sizes(config->model, task));
}

void expect_traits(const ParameterLayout& layout, const char* name, TensorRole role, std::int64_t fan_in,
                   HeadAxis heads = HeadAxis::kNone) {
  const TensorTraits& traits = layout.at(name).traits;
  EXPECT_EQ(traits.role, role) << name;
  EXPECT_EQ(traits.fan_in, fan_in) << name;
  EXPECT_EQ(traits.heads, heads) << name;
}

TEST(Architecture, ATransformersTensorsHaveTheirRoles) {
  const ParameterLayout layout = layout_of(config_of({"model.layer_norm=pre"}));
  expect_traits(layout, "embed.W_E", TensorRole::kEmbedding, 0);
  expect_traits(layout, "pos_embed.W_pos", TensorRole::kPositionEmbedding, 0);
  expect_traits(layout, "blocks.0.attn.W_K", TensorRole::kLinear, 8, HeadAxis::kColumns);
  expect_traits(layout, "blocks.0.attn.W_O", TensorRole::kLinear, 8, HeadAxis::kRows);
  expect_traits(layout, "blocks.0.attn.b_V", TensorRole::kBias, 8, HeadAxis::kColumns);
  expect_traits(layout, "blocks.0.attn.b_O", TensorRole::kBias, 8);
  expect_traits(layout, "blocks.0.mlp.W_out", TensorRole::kLinear, 12);
  expect_traits(layout, "blocks.0.mlp.b_out", TensorRole::kBias, 12);
  expect_traits(layout, "blocks.0.mlp.b_in", TensorRole::kBias, 8);
  expect_traits(layout, "blocks.0.ln2.w", TensorRole::kNormGain, 0);
  expect_traits(layout, "ln_final.b", TensorRole::kNormBias, 0);
  expect_traits(layout, "unembed.W_U", TensorRole::kUnembedding, 8);
  expect_traits(layout, "unembed.b_U", TensorRole::kBias, 8);
}

TEST(Architecture, AnMlpsTensorsHaveTheirRoles) {
  const ParameterLayout layout = layout_of(config_of({"model.architecture=mlp", "model.n_layers=2"}));
  expect_traits(layout, "layers.0.W", TensorRole::kLinear, 16);
  expect_traits(layout, "layers.0.b", TensorRole::kBias, 16);
  expect_traits(layout, "layers.1.W", TensorRole::kLinear, 12);
  expect_traits(layout, "unembed.W_U", TensorRole::kUnembedding, 12);
  expect_traits(layout, "unembed.b_U", TensorRole::kBias, 12);
}

TEST(Architecture, AnMlpOnNumbersHasARowOfWeightsForEachInput) {
  const ParameterLayout layout = layout_of(config_of({"model.architecture=number_mlp", "model.n_layers=2"}));
  EXPECT_EQ(layout.find("embed.W_E"), nullptr);
  EXPECT_EQ(layout.at("hidden.0.W").shape, (std::vector<std::int64_t>{2, 12}));
  expect_traits(layout, "hidden.0.W", TensorRole::kLinear, 2);
  expect_traits(layout, "hidden.1.b", TensorRole::kBias, 12);
  expect_traits(layout, "unembed.W_U", TensorRole::kUnembedding, 12);
}

TEST(Architecture, AnMlpOnOneHotInputsHasARowOfWeightsForEachSymbolOfEachInput) {
  const ParameterLayout layout = layout_of(config_of({"model.architecture=one_hot_mlp", "model.n_layers=2"}));
  EXPECT_EQ(layout.find("embed.W_E"), nullptr);
  EXPECT_EQ(layout.at("one_hot.W").shape, (std::vector<std::int64_t>{14, 12}));
  expect_traits(layout, "one_hot.W", TensorRole::kLinear, 14);
  expect_traits(layout, "one_hot.b", TensorRole::kBias, 14);
  EXPECT_EQ(layout.at("hidden.1.W").shape, (std::vector<std::int64_t>{12, 12}));
  expect_traits(layout, "unembed.W_U", TensorRole::kUnembedding, 12);
}

TEST(Architecture, WeightsAreWhatIsNeitherBiasNorLayerNorm) {
  const ParameterLayout layout = layout_of(config_of({"model.layer_norm=post"}));
  for (const TensorSpec& spec : layout.tensors()) {
    const std::string last = spec.name.substr(spec.name.rfind('.') + 1);
    EXPECT_EQ(spec.traits.is_weight(), last[0] == 'W') << spec.name;
    EXPECT_EQ(spec.traits.is_bias(), last[0] == 'b') << spec.name;
  }
}

WeightShapes shapes_of(const ParameterLayout& layout) {
  WeightShapes shapes;
  shapes.file = "w.safetensors";
  for (const TensorSpec& spec : layout.tensors()) shapes.tensors.push_back({spec.name, spec.shape});
  return shapes;
}

TEST(Architecture, ShapesTellTheNetworkTheyAreOf) {
  const std::vector<std::vector<const char*>> networks = {
      {"model.biases=none"},
      {"model.biases=mlp", "model.n_layers=3", "model.layer_norm=pre"},
      {"model.layer_norm=post", "model.input_tokens=4", "model.d_vocab_out=9"},
      {"model.architecture=mlp", "model.n_layers=2"},
      {"model.architecture=mlp", "model.combination=sum", "model.biases=mlp"},
      {"model.architecture=mlp", "model.biases=none", "model.d_vocab_out=11"},
      {"model.architecture=one_hot_mlp", "model.n_layers=3", "model.biases=none"},
      {"model.architecture=one_hot_mlp", "model.biases=mlp", "model.d_vocab_out=9"},
      {"model.architecture=number_mlp", "model.n_layers=2", "model.d_vocab_out=9"}};
  for (const auto& settings : networks) {
    const ResolvedConfig resolved = config_of(settings);
    const ParameterLayout layout = layout_of(resolved);
    const Config& config = *resolved;
    ModelConfig model;
    model.architecture = config.model.architecture;
    const WeightShapes shapes = shapes_of(layout);
    const std::set<std::string> nothing;
    architecture_of(model).infer(model, ShapeInference(nothing, shapes));
    EXPECT_EQ(model.d_model, layout.find("embed.W_E") != nullptr ? 8 : ModelConfig{}.d_model);
    EXPECT_EQ(model.d_mlp, 12);
    EXPECT_EQ(model.n_layers, config.model.n_layers);
    EXPECT_EQ(model.biases, config.model.biases);
    EXPECT_EQ(model.layer_norm, config.model.layer_norm);
    EXPECT_EQ(model.combination, config.model.combination);
    EXPECT_EQ(model.input_tokens, config.model.input_tokens);
    EXPECT_EQ(model.d_vocab_out, config.model.d_vocab_out == 0 ? 7 : config.model.d_vocab_out);
  }
}

TEST(Architecture, AFileMayNotContradictWhatIsSet) {
  for (const char* architecture : {"model.architecture=transformer", "model.architecture=mlp",
                                   "model.architecture=one_hot_mlp", "model.architecture=number_mlp"}) {
    const ResolvedConfig resolved = config_of({architecture});
    const WeightShapes shapes = shapes_of(layout_of(resolved));
    Config config = *resolved;
    config.model.d_mlp = 13;
    const std::set<std::string> fixed = {"model.d_mlp"};
    EXPECT_THROW(architecture_of(config.model).infer(config.model, ShapeInference(fixed, shapes)), Error);
  }
}

TEST(Architecture, UnknownNamesAreRefused) {
  ModelConfig model;
  model.architecture = "perceptron";
  EXPECT_THROW(architecture_of(model), Error);
}

}  // namespace
}  // namespace groklab
