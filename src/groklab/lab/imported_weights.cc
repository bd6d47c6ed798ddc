// See imported_weights.h.
#include "groklab/lab/imported_weights.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

/// Constants that TransformerLens stores beside the weights.
bool is_buffer(std::string_view name) { return ends_with(name, ".mask") || ends_with(name, ".IGNORE"); }

bool is_bias(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last == "b" || starts_with(last, "b_");
}

const FileTensor& tensor_of_rank(const TensorFile& file, const std::string& file_name, const std::string& name,
                                 std::size_t rank, const char* shape) {
  const FileTensor* tensor = file.find(name);
  if (tensor == nullptr)
    fail(ErrorKind::kInput, "{}: expected a tensor {} of shape {}, found none", file_name, name, shape);
  if (tensor->shape.size() != rank) {
    fail(ErrorKind::kInput, "{}: expected {} of shape {}, found [{}]", file_name, name, shape,
         join(tensor->shape, ", "));
  }
  return *tensor;
}

template <typename Predicate>
bool any_name(const TensorFile& file, Predicate predicate) {
  for (const FileTensor& tensor : file.tensors) {
    if (predicate(std::string_view(tensor.name))) return true;
  }
  return false;
}

std::int64_t count_layers(const TensorFile& file) {
  std::int64_t layers = 0;
  while (any_name(file, [&](std::string_view name) { return starts_with(name, fmt::format("blocks.{}.", layers)); })) {
    ++layers;
  }
  return layers;
}

Biases infer_biases(const TensorFile& file) {
  const bool attention_or_output = any_name(file, [](std::string_view name) {
    return ends_with(name, ".attn.b_Q") || ends_with(name, ".attn.b_K") || ends_with(name, ".attn.b_V") ||
           ends_with(name, ".attn.b_O") || name == "unembed.b_U";
  });
  if (attention_or_output) return Biases::kAll;
  const bool mlp = any_name(
      file, [](std::string_view name) { return ends_with(name, ".mlp.b_in") || ends_with(name, ".mlp.b_out"); });
  return mlp ? Biases::kMlp : Biases::kNone;
}

class Inference {
 public:
  Inference(const std::string& file_name, const std::set<std::string>& fixed) : file_name_(file_name), fixed_(fixed) {}

  /// 0 stands for "automatic" in every such key, and never contradicts.
  void set(const char* key, std::int64_t& value, std::int64_t found) const {
    if (fixed_.count(key) != 0 && value != 0 && value != found) {
      fail(ErrorKind::kInput, "{}: expected {} = {} as set, found {} in the file", file_name_, key, value, found);
    }
    value = found;
  }
  bool is_fixed(const char* key) const { return fixed_.count(key) != 0; }

 private:
  const std::string& file_name_;
  const std::set<std::string>& fixed_;
};

}  // namespace

Config infer_model(const TensorFile& file, const std::string& file_name, const Config& base,
                   const std::set<std::string>& fixed) {
  Config config = base;
  ModelConfig& model = config.model;
  if (model.architecture != Architecture::kTransformer) return config;  // its shape comes from the config alone
  const Inference infer(file_name, fixed);
  const auto get = [&](const std::string& name, std::size_t rank, const char* shape) -> const FileTensor& {
    return tensor_of_rank(file, file_name, name, rank, shape);
  };
  const FileTensor& embed = get("embed.W_E", 2, "[vocabulary, d_model]");
  infer.set("model.d_vocab", model.d_vocab, embed.shape[0]);
  infer.set("model.d_model", model.d_model, embed.shape[1]);
  infer.set("model.input_tokens", model.input_tokens, get("pos_embed.W_pos", 2, "[tokens, d_model]").shape[0]);
  const FileTensor& query = get("blocks.0.attn.W_Q", 3, "[heads, d_model, d_head]");
  infer.set("model.n_heads", model.n_heads, query.shape[0]);
  infer.set("model.d_head", model.d_head, query.shape[2]);
  infer.set("model.d_mlp", model.d_mlp, get("blocks.0.mlp.W_in", 2, "[d_model, d_mlp]").shape[1]);
  infer.set("model.n_layers", model.n_layers, count_layers(file));
  if (file.find("unembed.W_U") != nullptr || !model.tied_embeddings) {
    infer.set("model.d_vocab_out", model.d_vocab_out, get("unembed.W_U", 2, "[d_model, d_vocab_out]").shape[1]);
  }
  if (!infer.is_fixed("model.biases")) model.biases = infer_biases(file);
  const bool has_layer_norm = any_name(file, [](std::string_view name) { return ends_with(name, ".ln1.w"); });
  if (!has_layer_norm) {
    if (!infer.is_fixed("model.layer_norm")) model.layer_norm = LayerNormKind::kNone;
  } else if (model.layer_norm == LayerNormKind::kNone && !infer.is_fixed("model.layer_norm")) {
    model.layer_norm = file.find("ln_final.w") != nullptr ? LayerNormKind::kPre : LayerNormKind::kPost;
  }
  return config;
}

void check_vocabulary(const Config& config, const TaskSize& size, const std::string& file_name) {
  const ModelConfig& model = config.model;
  if (model.architecture != Architecture::kTransformer || config.task.operation == Operation::kParity) return;
  if (model.input_tokens < 2 || model.input_tokens > 4) {
    fail(ErrorKind::kInput,
         "{}: expected pos_embed.W_pos of 2, 3 or 4 rows (\"a b\", \"a b =\", \"a o b =\"), found {}", file_name,
         model.input_tokens);
  }
  const std::int64_t least = size.n_symbols + model.input_tokens - 2;
  if (model.d_vocab < least || model.d_vocab > size.n_symbols + 2) {
    fail(ErrorKind::kInput,
         "{}: expected embed.W_E of {}..{} rows for {} input tokens and {} symbols (task.modulus, or the task's), "
         "found {}",
         file_name, least, size.n_symbols + 2, model.input_tokens, size.n_symbols, model.d_vocab);
  }
  if (!model.tied_embeddings && model.d_vocab_out < size.n_classes) {
    fail(ErrorKind::kInput, "{}: expected unembed.W_U of at least {} columns for as many classes, found {}", file_name,
         size.n_classes, model.d_vocab_out);
  }
}

void load_tensors(Engine& engine, const TensorFile& file, const std::string& file_name) {
  const ParameterLayout& layout = engine.layout();
  std::vector<std::string> unknown, missing;
  for (const FileTensor& tensor : file.tensors) {
    if (layout.find(tensor.name) == nullptr && !is_buffer(tensor.name)) unknown.push_back(tensor.name);
  }
  for (const TensorSpec& spec : layout.tensors()) {
    if (file.find(spec.name) == nullptr && !is_bias(spec.name)) missing.push_back(spec.name);
  }
  if (!missing.empty()) fail(ErrorKind::kInput, "{}: these tensors are missing: {}", file_name, join(missing, ", "));
  if (!unknown.empty()) fail(ErrorKind::kInput, "{}: unknown tensors: {}", file_name, join(unknown, ", "));
  for (const TensorSpec& spec : layout.tensors()) {
    const FileTensor* tensor = file.find(spec.name);
    if (tensor == nullptr) {
      engine.set_tensor(spec, std::vector<double>(static_cast<std::size_t>(spec.size), 0.0));
      continue;
    }
    if (tensor->shape != spec.shape) {
      fail(ErrorKind::kInput, "{}: expected {} of shape [{}], found [{}]", file_name, spec.name, join(spec.shape, ", "),
           join(tensor->shape, ", "));
    }
    engine.set_tensor(spec, tensor->values());
  }
}

}  // namespace groklab
