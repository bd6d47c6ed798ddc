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

/// Of "blocks.0.", "blocks.1.", ... or "layers.0.", ...
std::int64_t count_layers(const TensorFile& file, std::string_view prefix) {
  std::int64_t layers = 0;
  const auto has_layer = [&](std::string_view name) { return starts_with(name, fmt::format("{}{}.", prefix, layers)); };
  while (any_name(file, has_layer)) ++layers;
  return layers;
}

const char* architecture_name(Architecture architecture) {
  return architecture == Architecture::kMlp ? "mlp" : "transformer";
}

const char* combination_name(EmbeddingCombination combination) {
  return combination == EmbeddingCombination::kSum ? "sum" : "concatenate";
}

Biases infer_biases(const TensorFile& file) {
  const bool attention_or_output = any_name(file, [](std::string_view name) {
    return ends_with(name, ".attn.b_Q") || ends_with(name, ".attn.b_K") || ends_with(name, ".attn.b_V") ||
           ends_with(name, ".attn.b_O") || name == "unembed.b_U";
  });
  if (attention_or_output) return Biases::kAll;
  const bool mlp = any_name(file, [](std::string_view name) {
    return ends_with(name, ".mlp.b_in") || ends_with(name, ".mlp.b_out") ||
           (starts_with(name, "layers.") && ends_with(name, ".b"));
  });
  return mlp ? Biases::kMlp : Biases::kNone;
}

class Inference {
 public:
  Inference(const TensorFile& file, const std::string& file_name, const std::set<std::string>& fixed)
      : file_(file), file_name_(file_name), fixed_(fixed) {}

  const TensorFile& file() const { return file_; }
  const FileTensor& get(const std::string& name, std::size_t rank, const char* shape) const {
    return tensor_of_rank(file_, file_name_, name, rank, shape);
  }

  /// 0 stands for "automatic" in every such key, and never contradicts.
  void set(const char* key, std::int64_t& value, std::int64_t found) const {
    if (fixed_.count(key) != 0 && value != 0 && value != found) {
      fail(ErrorKind::kInput, "{}: expected {} = {} as set, found {} in the file", file_name_, key, value, found);
    }
    value = found;
  }
  /// The same for a choice.
  template <typename Choice>
  void set(const char* key, Choice& value, Choice found, const char* (*name)(Choice)) const {
    if (is_fixed(key) && value != found) {
      fail(ErrorKind::kInput, "{}: expected {} = {} as set, found {} in the file", file_name_, key, name(value),
           name(found));
    }
    value = found;
  }
  bool is_fixed(const char* key) const { return fixed_.count(key) != 0; }
  const std::string& file_name() const { return file_name_; }

 private:
  const TensorFile& file_;
  const std::string& file_name_;
  const std::set<std::string>& fixed_;
};

void infer_transformer(const Inference& infer, ModelConfig& model) {
  const TensorFile& file = infer.file();
  const FileTensor& embed = infer.get("embed.W_E", 2, "[vocabulary, d_model]");
  infer.set("model.d_vocab", model.d_vocab, embed.shape[0]);
  infer.set("model.d_model", model.d_model, embed.shape[1]);
  infer.set("model.input_tokens", model.input_tokens, infer.get("pos_embed.W_pos", 2, "[tokens, d_model]").shape[0]);
  const FileTensor& query = infer.get("blocks.0.attn.W_Q", 3, "[heads, d_model, d_head]");
  infer.set("model.n_heads", model.n_heads, query.shape[0]);
  infer.set("model.d_head", model.d_head, query.shape[2]);
  infer.set("model.d_mlp", model.d_mlp, infer.get("blocks.0.mlp.W_in", 2, "[d_model, d_mlp]").shape[1]);
  infer.set("model.n_layers", model.n_layers, count_layers(file, "blocks."));
  if (file.find("unembed.W_U") != nullptr || !model.tied_embeddings) {
    infer.set("model.d_vocab_out", model.d_vocab_out, infer.get("unembed.W_U", 2, "[d_model, d_vocab_out]").shape[1]);
  }
  if (!infer.is_fixed("model.biases")) model.biases = infer_biases(file);
  const bool has_layer_norm = any_name(file, [](std::string_view name) { return ends_with(name, ".ln1.w"); });
  if (!has_layer_norm) {
    if (!infer.is_fixed("model.layer_norm")) model.layer_norm = LayerNormKind::kNone;
  } else if (model.layer_norm == LayerNormKind::kNone && !infer.is_fixed("model.layer_norm")) {
    model.layer_norm = file.find("ln_final.w") != nullptr ? LayerNormKind::kPre : LayerNormKind::kPost;
  }
}

/// `n_inputs`: symbols that a row of the task has.
void infer_mlp(const Inference& infer, std::int64_t n_inputs, ModelConfig& model) {
  infer.set("model.d_model", model.d_model, infer.get("embed.W_E", 2, "[symbols, d_model]").shape[1]);
  const FileTensor& first = infer.get("layers.0.W", 2, "[in, d_mlp]");
  infer.set("model.d_mlp", model.d_mlp, first.shape[1]);
  infer.set("model.n_layers", model.n_layers, count_layers(infer.file(), "layers."));
  infer.set("model.d_vocab_out", model.d_vocab_out, infer.get("unembed.W_U", 2, "[d_mlp, d_vocab_out]").shape[1]);
  const bool is_sum = first.shape[0] == model.d_model, is_concatenation = first.shape[0] == n_inputs * model.d_model;
  if (!is_sum && !is_concatenation) {
    fail(ErrorKind::kInput,
         "{}: expected layers.0.W of {} rows (embeddings summed) or {} ({} embeddings concatenated), found {}",
         infer.file_name(), model.d_model, n_inputs * model.d_model, n_inputs, first.shape[0]);
  }
  if (is_sum != is_concatenation) {  // of a single input both are the same
    infer.set("model.combination", model.combination,
              is_sum ? EmbeddingCombination::kSum : EmbeddingCombination::kConcatenate, combination_name);
  }
  if (!infer.is_fixed("model.biases")) model.biases = infer_biases(infer.file());
  // A transformer's, if the configuration was one's.
  if (!infer.is_fixed("model.layer_norm")) model.layer_norm = LayerNormKind::kNone;
  if (!infer.is_fixed("model.tied_embeddings")) model.tied_embeddings = false;
  if (!infer.is_fixed("model.d_vocab")) model.d_vocab = 0;
}

}  // namespace

Config infer_model(const TensorFile& file, const std::string& file_name, const Config& base,
                   const std::set<std::string>& fixed) {
  Config config = base;
  const Inference infer(file, file_name, fixed);
  const bool is_mlp = any_name(file, [](std::string_view name) { return starts_with(name, "layers."); });
  infer.set("model.architecture", config.model.architecture,
            is_mlp ? Architecture::kMlp : Architecture::kTransformer, architecture_name);
  if (is_mlp) {
    infer_mlp(infer, config.task.operation == Operation::kParity ? config.task.parity_bits : 2, config.model);
  } else {
    infer_transformer(infer, config.model);
  }
  return config;
}

void check_vocabulary(const Config& config, const TaskSize& size, const std::string& file_name) {
  const ModelConfig& model = config.model;
  if (model.architecture == Architecture::kMlp && model.d_vocab_out < size.n_classes) {
    fail(ErrorKind::kInput, "{}: expected unembed.W_U of at least {} columns for as many classes, found {}", file_name,
         size.n_classes, model.d_vocab_out);
  }
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
