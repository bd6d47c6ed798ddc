// See imported_weights.h.
#include "groklab/run/imported_weights.h"

#include <string_view>
#include <unordered_map>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/model/architecture.h"
#include "groklab/task/operation.h"

namespace groklab {
namespace {

/// 1,000 layers, the most that model.n_layers can be, have 16 each; the shape is looked for name by name.
constexpr std::size_t kMostTensors = 16'100;

/// Constants that TransformerLens stores beside the weights.
bool is_buffer(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last == "mask" || last == "IGNORE";
}

}  // namespace

Config infer_model(const TensorFile& file, const std::string& file_name, const Config& base,
                   const std::set<std::string>& fixed) {
  if (file.tensors.size() > kMostTensors) {
    fail(ErrorKind::kInput, "{}: expected at most {} tensors of a network, found {}", file_name, kMostTensors,
         file.tensors.size());
  }
  WeightShapes shapes;
  shapes.file = file_name;
  for (const FileTensor& tensor : file.tensors) shapes.tensors.push_back({tensor.name, tensor.shape});
  Config config = base;
  const ArchitectureDescriptor* found = architecture_in(shapes);
  if (found != nullptr && found->spec.name != config.model.architecture) {
    if (fixed.contains("model.architecture")) {
      fail(ErrorKind::kInput, "{}: expected model.architecture = {} as set, found {} in the file", file_name,
           config.model.architecture, found->spec.name);
    }
    config.model.architecture = found->spec.name;
  }
  architecture_of(config.model).infer(config.model, ShapeInference(fixed, shapes));
  return config;
}

void check_vocabulary(const Config& config, const TaskSize& size, const std::string& file_name) {
  if (!operation_descriptor(config.task.operation).is_binary) return;
  architecture_of(config.model).check_inferred(config.model, size, file_name);
}

void check_tensors(const ParameterLayout& layout, const TensorFile& file, const std::string& file_name) {
  std::unordered_map<std::string_view, const FileTensor*> found;
  std::vector<std::string> unknown, missing;
  for (const FileTensor& tensor : file.tensors) {
    found[tensor.name] = &tensor;
    if (layout.find(tensor.name) == nullptr && !is_buffer(tensor.name)) unknown.push_back(tensor.name);
  }
  for (const TensorSpec& spec : layout.tensors()) {
    if (!found.contains(spec.name) && !spec.traits.is_bias()) missing.push_back(spec.name);
  }
  if (!missing.empty()) fail(ErrorKind::kInput, "{}: these tensors are missing: {}", file_name, join(missing, ", "));
  if (!unknown.empty()) fail(ErrorKind::kInput, "{}: unknown tensors: {}", file_name, join(unknown, ", "));
  for (const TensorSpec& spec : layout.tensors()) {
    const auto at = found.find(spec.name);
    if (at == found.end() || at->second->shape == spec.shape) continue;
    fail(ErrorKind::kInput, "{}: expected {} of shape [{}], found [{}]", file_name, spec.name, join(spec.shape, ", "),
         join(at->second->shape, ", "));
  }
}

void load_tensors(Engine& engine, const TensorFile& file, const std::string& file_name) {
  const ParameterLayout& layout = engine.layout();
  check_tensors(layout, file, file_name);
  for (const TensorSpec& spec : layout.tensors()) {
    const FileTensor* tensor = file.find(spec.name);
    engine.set_tensor(
        spec, tensor != nullptr ? tensor->values() : std::vector<double>(static_cast<std::size_t>(spec.size), 0.0));
  }
}

}  // namespace groklab
