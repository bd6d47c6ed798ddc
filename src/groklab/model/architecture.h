// What an architecture is: its keys and checks, its tensors, its networks. One source file describes each.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config/component.h"
#include "groklab/config/task_size.h"
#include "groklab/model/network.h"
#include "groklab/model/parameters.h"
#include "groklab/task.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Names and shapes of the tensors of a weights file, for finding out a network's shape.
struct WeightShapes {
  struct Entry {
    std::string name;
    std::vector<std::int64_t> shape;
  };
  std::string file;  ///< its name, for messages
  std::vector<Entry> tensors;

  const Entry* find(std::string_view name) const;
  /// The tensor of that name, which must have so many axes; `shape` describes them. Throws Error(kInput).
  const Entry& at(std::string_view name, std::size_t axes, std::string_view shape) const;
  bool any_starts_with(std::string_view start) const;
};

/// A config whose model keys take what the tensors say.
class ShapeInference {
 public:
  /// `fixed`: keys that the user set, which the file must not contradict.
  ShapeInference(const std::set<std::string>& fixed, const WeightShapes& shapes) : weights(shapes), fixed_(fixed) {}

  const WeightShapes& weights;

  /// 0 stands for "automatic" in every such key, and never contradicts. Throws Error(kInput).
  void set(const char* key, std::int64_t& value, std::int64_t found) const;
  bool is_fixed(const char* key) const { return fixed_.contains(key); }

 private:
  const std::set<std::string>& fixed_;
};

/// The tensors around the neurons of a hidden layer.
struct NeuronTensors {
  std::string in;    ///< [inputs, neurons]
  std::string bias;  ///< [neurons], "" if there is none
  std::string out;   ///< [neurons, outputs]
};

struct ArchitectureDescriptor {
  ComponentSpec spec;     ///< chosen by "model.architecture"
  std::string_view mark;  ///< a tensor that every weights file of it has and none of another
  bool embeds = true;     ///< has weights for each symbol of the task

  /// The sizes that config and task give together. Throws Error(kConfig) if they do not fit.
  ModelSizes (*sizes)(const ModelConfig& config, const Task& task);
  /// All tensors of a resolved config, each with its traits.
  ParameterLayout (*layout)(const ModelConfig& config, const ModelSizes& sizes);
  /// See make_network().
  std::unique_ptr<Network<float>> (*network_f32)(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                                 std::int64_t step_rows, const Kernels<float>& kernels);
  std::unique_ptr<Network<double>> (*network_f64)(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                                  std::int64_t step_rows, const Kernels<double>& kernels);
  /// Fills the model's keys from a weights file. Throws Error(kInput) if it cannot be one of this architecture.
  void (*infer)(ModelConfig& model, const ShapeInference& inference);
  /// Compares what infer() found with the task, where a file can be of another one. Throws Error(kInput).
  void (*check_inferred)(const ModelConfig& model, const TaskSize& size, const std::string& file);
  NeuronTensors (*neuron_tensors)(const ModelConfig& model, std::int64_t layer);
};

/// Compares the columns of unembed.W_U that infer() found with the task's classes. Throws Error(kInput).
void check_inferred_classes(const ModelConfig& model, const TaskSize& size, const std::string& file);

/// All architectures. Defined in components/table.cc.
const std::vector<const ArchitectureDescriptor*>& architectures();

/// The one that a weights file is of; nullptr if it bears no known mark.
const ArchitectureDescriptor* architecture_in(const WeightShapes& weights);

/// The one that model.architecture names. Throws Error(kConfig).
const ArchitectureDescriptor& architecture_of(const ModelConfig& config);
/// Of hidden layer `layer` of a resolved config.
NeuronTensors neuron_tensors(const ModelConfig& model, std::int64_t layer);

}  // namespace groklab
