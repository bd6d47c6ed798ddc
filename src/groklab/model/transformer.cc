// The decoder-only transformer (TransformerLens names and shapes): its checks, its tensors, what a weights file tells
// about it. Its networks: precomputed_transformer.h where that is exact, else general_transformer.h.
#include <fmt/format.h>

#include <optional>

#include "groklab/base/error.h"
#include "groklab/config/task_size.h"
#include "groklab/config/vocabulary.h"
#include "groklab/model/architecture.h"
#include "groklab/model/general_transformer.h"
#include "groklab/model/precomputed_transformer.h"

namespace groklab {

const ArchitectureDescriptor& transformer_architecture();

namespace {

/// Tied embeddings give a logit for each token, so there cannot be more logits.
void check_tied(const ModelConfig& model, std::int64_t tokens, std::int64_t logits) {
  if (!model.tied_embeddings || logits <= tokens) return;
  fail(ErrorKind::kConfig,
       "model.d_vocab_out = {}: expected at most the {} input symbols when model.tied_embeddings = true",
       model.d_vocab_out, tokens);
}

void check(const Config& config) {
  const ModelConfig& model = config.model;
  if (model.d_head == 0 && model.d_model % model.n_heads != 0) {
    refuse(config, "model.d_model", fmt::format("a multiple of n_heads = {}", model.n_heads));
  }
  if (model.d_head != 0 && model.d_model != model.n_heads * model.d_head) {
    refuse(config, "model.d_model",
           fmt::format("n_heads * d_head = {} * {} = {}", model.n_heads, model.d_head, model.n_heads * model.d_head));
  }
  const bool wants_tables = model.path == ComputePath::kResidual || model.path == ComputePath::kTables;
  if (wants_tables && model.n_layers == 1 && !precomputed_applies(model)) {
    refuse(config, "model.path", "auto or general with LayerNorm or without a token \"=\"");
  }
  if (const std::optional<TaskSize> size = task_size(config.task)) {
    check_tied(model, token_count(model, size->n_symbols), logit_count(model, size->n_classes));
  }
}

void resolve(Config& config) {
  ModelConfig& model = config.model;
  if (model.d_head == 0 && model.n_heads > 0) model.d_head = model.d_model / model.n_heads;
  if (model.n_layers > 1) model.path = ModelConfig{}.path;  // only one layer has a choice
}

ModelSizes sizes(const ModelConfig& config, const Task& task) {
  ModelSizes sizes;
  sizes.classes = class_count(config, task);
  const TokenSequence tokens(config, task);
  sizes.vocabulary = tokens.vocabulary();
  sizes.positions = tokens.positions();
  check_tied(config, sizes.vocabulary, sizes.classes);
  return sizes;
}

void add_layer_norm(ParameterLayout& layout, const std::string& name, std::int64_t d_model) {
  layout.add(name + ".w", {d_model}, {.role = TensorRole::kNormGain});
  layout.add(name + ".b", {d_model}, {.role = TensorRole::kNormBias});
}

void add_attention(ParameterLayout& layout, const ModelConfig& c, const std::string& prefix) {
  const std::int64_t joined = c.n_heads * c.d_head;
  for (const char* name : {"W_Q", "W_K", "W_V"}) {
    layout.add(prefix + name, {c.n_heads, c.d_model, c.d_head}, {TensorRole::kLinear, c.d_model, HeadAxis::kColumns});
  }
  layout.add(prefix + "W_O", {c.n_heads, c.d_head, c.d_model}, {TensorRole::kLinear, joined, HeadAxis::kRows});
  if (c.biases != Biases::kAll) return;
  for (const char* name : {"b_Q", "b_K", "b_V"}) {
    layout.add(prefix + name, {c.n_heads, c.d_head}, {TensorRole::kBias, c.d_model, HeadAxis::kColumns});
  }
  layout.add(prefix + "b_O", {c.d_model}, {.role = TensorRole::kBias, .fan_in = joined});
}

void add_block(ParameterLayout& layout, const ModelConfig& c, std::int64_t index) {
  const std::string prefix = fmt::format("blocks.{}.", index);
  const bool has_norm = c.layer_norm != LayerNormKind::kNone, has_bias = c.biases != Biases::kNone;
  if (has_norm) add_layer_norm(layout, prefix + "ln1", c.d_model);
  add_attention(layout, c, prefix + "attn.");
  if (has_norm) add_layer_norm(layout, prefix + "ln2", c.d_model);
  layout.add(prefix + "mlp.W_in", {c.d_model, c.d_mlp}, {.role = TensorRole::kLinear, .fan_in = c.d_model});
  if (has_bias) layout.add(prefix + "mlp.b_in", {c.d_mlp}, {.role = TensorRole::kBias, .fan_in = c.d_model});
  layout.add(prefix + "mlp.W_out", {c.d_mlp, c.d_model}, {.role = TensorRole::kLinear, .fan_in = c.d_mlp});
  if (has_bias) layout.add(prefix + "mlp.b_out", {c.d_model}, {.role = TensorRole::kBias, .fan_in = c.d_mlp});
}

ParameterLayout layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  layout.add("embed.W_E", {sizes.vocabulary, c.d_model}, {.role = TensorRole::kEmbedding});
  layout.add("pos_embed.W_pos", {sizes.positions, c.d_model}, {.role = TensorRole::kPositionEmbedding});
  for (std::int64_t i = 0; i < c.n_layers; ++i) add_block(layout, c, i);
  if (c.layer_norm == LayerNormKind::kPre) add_layer_norm(layout, "ln_final", c.d_model);
  if (!c.tied_embeddings) {
    layout.add("unembed.W_U", {c.d_model, sizes.classes}, {.role = TensorRole::kUnembedding, .fan_in = c.d_model});
  }
  if (c.biases == Biases::kAll) {
    layout.add("unembed.b_U", {sizes.classes}, {.role = TensorRole::kBias, .fan_in = c.d_model});
  }
  return layout;
}

template <typename T>
std::unique_ptr<Network<T>> network(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                    std::int64_t step_rows, const Kernels<T>& kernels) {
  const TokenSequence tokens(config, task);
  if (config.path == ComputePath::kGeneral || !precomputed_applies(config)) {
    return make_general_transformer<T>(config, tokens, sizes, kernels);
  }
  PrecomputedPlan plan = cheapest_plan(precomputed_shape(config, tokens, sizes, step_rows));
  if (config.path == ComputePath::kResidual) plan = {.input_tables = false, .folded_output = false};
  if (config.path == ComputePath::kTables) plan = {.input_tables = true, .folded_output = true};
  return make_precomputed_transformer<T>(config, tokens, sizes, plan, kernels);
}

Biases biases_in(const WeightShapes& weights, std::int64_t layers) {
  Biases found = Biases::kNone;
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string prefix = fmt::format("blocks.{}.", i);
    for (const char* name : {"attn.b_Q", "attn.b_K", "attn.b_V", "attn.b_O"}) {
      if (weights.find(prefix + name) != nullptr) return Biases::kAll;
    }
    for (const char* name : {"mlp.b_in", "mlp.b_out"}) {
      if (weights.find(prefix + name) != nullptr) found = Biases::kMlp;
    }
  }
  return weights.find("unembed.b_U") != nullptr ? Biases::kAll : found;
}

void infer_layer_norm(ModelConfig& model, const ShapeInference& inference) {
  if (inference.is_fixed("model.layer_norm")) return;
  if (inference.weights.find("blocks.0.ln1.w") == nullptr) {
    model.layer_norm = LayerNormKind::kNone;
  } else if (model.layer_norm == LayerNormKind::kNone) {
    model.layer_norm = inference.weights.find("ln_final.w") != nullptr ? LayerNormKind::kPre : LayerNormKind::kPost;
  }
}

void infer(ModelConfig& model, const ShapeInference& inference) {
  const WeightShapes& weights = inference.weights;
  const auto& embed = weights.at("embed.W_E", 2, "[vocabulary, d_model]").shape;
  inference.set("model.d_vocab", model.d_vocab, embed[0]);
  inference.set("model.d_model", model.d_model, embed[1]);
  inference.set("model.input_tokens", model.input_tokens,
                weights.at("pos_embed.W_pos", 2, "[tokens, d_model]").shape[0]);
  const auto& query = weights.at("blocks.0.attn.W_Q", 3, "[heads, d_model, d_head]").shape;
  inference.set("model.n_heads", model.n_heads, query[0]);
  inference.set("model.d_head", model.d_head, query[2]);
  inference.set("model.d_mlp", model.d_mlp, weights.at("blocks.0.mlp.W_in", 2, "[d_model, d_mlp]").shape[1]);
  std::int64_t layers = 0;
  while (weights.any_starts_with(fmt::format("blocks.{}.", layers))) ++layers;
  inference.set("model.n_layers", model.n_layers, layers);
  if (weights.find("unembed.W_U") != nullptr || !model.tied_embeddings) {
    inference.set("model.d_vocab_out", model.d_vocab_out,
                  weights.at("unembed.W_U", 2, "[d_model, d_vocab_out]").shape[1]);
  }
  if (!inference.is_fixed("model.biases")) model.biases = biases_in(weights, layers);
  infer_layer_norm(model, inference);
}

/// A binary operation needs as many tokens as symbols, and one or two more for "=" and the operator.
void check_inferred(const ModelConfig& model, const TaskSize& size, const std::string& file) {
  if (model.input_tokens < 2 || model.input_tokens > 4) {
    fail(ErrorKind::kInput,
         "{}: expected pos_embed.W_pos of 2, 3 or 4 rows (\"a b\", \"a b =\", \"a o b =\"), found {}", file,
         model.input_tokens);
  }
  const std::int64_t least = size.n_symbols + model.input_tokens - 2;
  if (model.d_vocab < least || model.d_vocab > size.n_symbols + 2) {
    fail(ErrorKind::kInput,
         "{}: expected embed.W_E of {}..{} rows for {} input tokens and {} symbols (task.modulus, or the task's), "
         "found {}",
         file, least, size.n_symbols + 2, model.input_tokens, size.n_symbols, model.d_vocab);
  }
  if (!model.tied_embeddings) check_inferred_classes(model, size, file);
}

NeuronTensors neurons_of(const ModelConfig& model, std::int64_t layer) {
  const std::string prefix = fmt::format("blocks.{}.mlp.", layer);
  return {prefix + "W_in", model.biases != Biases::kNone ? prefix + "b_in" : "", prefix + "W_out"};
}

}  // namespace

const ArchitectureDescriptor& transformer_architecture() {
  static const ArchitectureDescriptor descriptor = {
      .spec = {.choice = "model.architecture",
               .name = "transformer",
               .meaning = "decoder-only transformer on the row's tokens; the last position gives the logits",
               .uses = {"model.d_model", "model.n_heads", "model.d_head", "model.input_tokens", "model.path"},
               .keys = {},
               .resolve = resolve,
               .check = check},
      .mark = "blocks.0.attn.W_Q",
      .sizes = sizes,
      .layout = layout,
      .network_f32 = network<float>,
      .network_f64 = network<double>,
      .infer = infer,
      .check_inferred = check_inferred,
      .neuron_tensors = neurons_of};
  return descriptor;
}

}  // namespace groklab
