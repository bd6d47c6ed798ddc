// See architecture.h.
#include "groklab/model/architecture.h"

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/vocabulary.h"

namespace groklab {

const WeightShapes::Entry* WeightShapes::find(std::string_view name) const {
  for (const Entry& tensor : tensors) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

const WeightShapes::Entry& WeightShapes::at(std::string_view name, std::size_t axes, std::string_view shape) const {
  const Entry* tensor = find(name);
  if (tensor == nullptr) fail(ErrorKind::kInput, "{}: expected a tensor {} of shape {}, found none", file, name, shape);
  if (tensor->shape.size() != axes) {
    fail(ErrorKind::kInput, "{}: expected {} of shape {}, found [{}]", file, name, shape, join(tensor->shape, ", "));
  }
  return *tensor;
}

bool WeightShapes::any_starts_with(std::string_view start) const {
  for (const Entry& tensor : tensors) {
    if (tensor.name.starts_with(start)) return true;
  }
  return false;
}

void ShapeInference::set(const char* key, std::int64_t& value, std::int64_t found) const {
  if (is_fixed(key) && value != 0 && value != found) {
    fail(ErrorKind::kInput, "{}: expected {} = {} as set, found {} in the file", weights.file, key, value, found);
  }
  value = found;
}

const ArchitectureDescriptor* architecture_in(const WeightShapes& weights) {
  for (const ArchitectureDescriptor* architecture : architectures()) {
    if (weights.find(architecture->mark) != nullptr) return architecture;
  }
  return nullptr;
}

const ArchitectureDescriptor& architecture_of(const ModelConfig& config) {
  for (const ArchitectureDescriptor* architecture : architectures()) {
    if (architecture->spec.name == config.architecture) return *architecture;
  }
  fail(ErrorKind::kConfig, "model.architecture = {}: expected one of {}", config.architecture,
       join(component_names("model.architecture"), ", "));
}

std::int64_t class_count(const ModelConfig& config, const Task& task) { return logit_count(config, task.n_classes); }

ModelSizes model_sizes(const ModelConfig& config, const Task& task) {
  const ArchitectureDescriptor& architecture = architecture_of(config);
  if (architecture.embeds && !task.symbol_values.empty() && task.n_symbols > kMaxSymbols) {
    fail(ErrorKind::kConfig,
         "model.architecture = {}: expected number_mlp for rows of {} different numbers, of which it would embed each",
         config.architecture, task.n_symbols);
  }
  return architecture.sizes(config, task);
}

ParameterLayout model_layout(const ModelConfig& config, const ModelSizes& sizes) {
  return architecture_of(config).layout(config, sizes);
}

NeuronTensors neuron_tensors(const ModelConfig& model, std::int64_t layer) {
  return architecture_of(model).neuron_tensors(model, layer);
}

void check_inferred_classes(const ModelConfig& model, const TaskSize& size, const std::string& file) {
  if (model.d_vocab_out != 0 && model.d_vocab_out < size.n_classes) {  // 0: as many
    fail(ErrorKind::kInput, "{}: expected unembed.W_U of at least {} columns for as many classes, found {}", file,
         size.n_classes, model.d_vocab_out);
  }
}

}  // namespace groklab
