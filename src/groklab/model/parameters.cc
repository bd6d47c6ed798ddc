// See parameters.h.
#include "groklab/model/parameters.h"

#include <cmath>
#include <string>

#include "groklab/base/error.h"
#include "groklab/base/random.h"

namespace groklab {

namespace {

bool ends_with(const std::string& text, const char* suffix) {
  const std::string s(suffix);
  return text.size() >= s.size() && text.compare(text.size() - s.size(), s.size(), s) == 0;
}

void add_layer_norm(ParameterLayout& layout, const std::string& name, std::int64_t d_model) {
  layout.add(name + ".w", {d_model});
  layout.add(name + ".b", {d_model});
}

void add_block(ParameterLayout& layout, const ModelConfig& c, std::int64_t index) {
  const std::string prefix = "blocks." + std::to_string(index) + ".";
  const bool all = c.biases == Biases::kAll;
  if (c.layer_norm != LayerNormKind::kNone) add_layer_norm(layout, prefix + "ln1", c.d_model);
  for (const char* name : {"W_Q", "W_K", "W_V"}) layout.add(prefix + "attn." + name, {c.n_heads, c.d_model, c.d_head});
  layout.add(prefix + "attn.W_O", {c.n_heads, c.d_head, c.d_model});
  if (all) {
    for (const char* name : {"b_Q", "b_K", "b_V"}) layout.add(prefix + "attn." + name, {c.n_heads, c.d_head});
    layout.add(prefix + "attn.b_O", {c.d_model});
  }
  if (c.layer_norm != LayerNormKind::kNone) add_layer_norm(layout, prefix + "ln2", c.d_model);
  layout.add(prefix + "mlp.W_in", {c.d_model, c.d_mlp});
  if (c.biases != Biases::kNone) layout.add(prefix + "mlp.b_in", {c.d_mlp});
  layout.add(prefix + "mlp.W_out", {c.d_mlp, c.d_model});
  if (c.biases != Biases::kNone) layout.add(prefix + "mlp.b_out", {c.d_model});
}

ParameterLayout mlp_layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  layout.add("embed.W_E", {sizes.vocabulary, c.d_model});
  std::int64_t width = c.combination == EmbeddingCombination::kConcatenate ? sizes.positions * c.d_model : c.d_model;
  for (std::int64_t i = 0; i < c.n_layers; ++i) {
    const std::string prefix = "layers." + std::to_string(i) + ".";
    layout.add(prefix + "W", {width, c.d_mlp});
    if (c.biases != Biases::kNone) layout.add(prefix + "b", {c.d_mlp});
    width = c.d_mlp;
  }
  layout.add("unembed.W_U", {width, sizes.classes});
  if (c.biases == Biases::kAll) layout.add("unembed.b_U", {sizes.classes});
  return layout;
}

bool is_bias(const TensorSpec& spec) {
  const std::string last = spec.name.substr(spec.name.rfind('.') + 1);
  return last == "b" || last.rfind("b_", 0) == 0;
}

/// FNV-1a. A tensor's stream follows its name, so that an option that adds tensors leaves the others' weights alone.
std::uint32_t name_hash(const std::string& name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

/// Inputs that one output of a linear map sums over; 0 for embeddings.
std::int64_t fan_in(const std::string& name, const ModelConfig& c, const ParameterLayout& layout) {
  if (ends_with(name, "W_E") || ends_with(name, "W_pos")) return 0;
  if (ends_with(name, "W_O") || ends_with(name, "b_O")) return c.n_heads * c.d_head;
  if (ends_with(name, "W_out") || ends_with(name, "b_out")) return c.d_mlp;
  if (ends_with(name, "W_U") || ends_with(name, "b_U")) {
    const TensorSpec* w_u = layout.find("unembed.W_U");
    return w_u != nullptr ? w_u->shape[0] : c.d_model;
  }
  if (name.rfind("layers.", 0) == 0) return layout.at(name.substr(0, name.rfind('.')) + ".W").shape[0];
  return c.d_model;
}

}  // namespace

ParameterLayout model_layout(const ModelConfig& c, const ModelSizes& sizes) {
  if (c.architecture == Architecture::kMlp) return mlp_layout(c, sizes);
  ParameterLayout layout;
  layout.add("embed.W_E", {sizes.vocabulary, c.d_model});
  layout.add("pos_embed.W_pos", {sizes.positions, c.d_model});
  for (std::int64_t i = 0; i < c.n_layers; ++i) add_block(layout, c, i);
  if (c.layer_norm == LayerNormKind::kPre) add_layer_norm(layout, "ln_final", c.d_model);
  if (!c.tied_embeddings) layout.add("unembed.W_U", {c.d_model, sizes.classes});
  if (c.biases == Biases::kAll) layout.add("unembed.b_U", {sizes.classes});
  return layout;
}

std::vector<double> initial_parameters(const ModelConfig& c, const ModelSizes& sizes, const ParameterLayout& layout,
                                       std::int64_t seed) {
  std::vector<double> values(static_cast<std::size_t>(layout.total()), 0.0);
  for (const TensorSpec& spec : layout.tensors()) {
    RandomStream stream(static_cast<std::uint64_t>(seed), StreamPurpose::kInit, name_hash(spec.name));
    double* out = values.data() + spec.offset;
    const bool layer_norm = spec.name.find("ln") != std::string::npos;
    const bool bias = is_bias(spec);
    const std::int64_t inputs = layer_norm ? 0 : fan_in(spec.name, c, layout);
    for (std::int64_t i = 0; i < spec.size; ++i) {
      if (layer_norm) {
        out[i] = bias ? 0.0 : 1.0;
      } else if (c.init == InitKind::kTorch) {
        const double bound = inputs > 0 ? 1.0 / std::sqrt(static_cast<double>(inputs)) : 0.0;
        out[i] = c.init_scale * (inputs > 0 ? (2.0 * stream.next_uniform() - 1.0) * bound : stream.next_normal());
      } else if (!bias) {
        const bool unembedding = spec.name == "unembed.W_U";
        const double variance = 1.0 / static_cast<double>(unembedding ? sizes.vocabulary : c.d_model);
        out[i] = c.init_scale * std::sqrt(variance) * stream.next_normal();
      }
    }
  }
  return values;
}

}  // namespace groklab
