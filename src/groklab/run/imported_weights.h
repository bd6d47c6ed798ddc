// Other people's networks: what a safetensors file with TransformerLens names says about the model that made it.
#pragma once

#include <set>
#include <string>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/files/safetensors.h"

namespace groklab {

/// `config` with the network's shape read from the file: layers, widths, output vocabulary, biases; of a transformer
/// heads, vocabulary, input tokens (from the rows of W_pos), LayerNorm (pre if there is a final one, else post); of an
/// MLP (it has layers.0.W) how it joins its embeddings. What shapes cannot say (activation, task, ...) stays as in
/// `config`. Keys in `fixed` were set by the user: one that contradicts the file is an Error(kInput). `file_name` is
/// for messages.
Config infer_model(const TensorFile& file, const std::string& file_name, const Config& config,
                   const std::set<std::string>& fixed);

/// Checks the vocabulary of a binary operation: of a transformer as many tokens as symbols, and one or two more for
/// "=" and the operator; at least as many outputs as classes. `config` comes from infer_model.
void check_vocabulary(const Config& config, const TaskSize& size, const std::string& file_name);

/// Compares names and shapes of all tensors with those of a network, before anything of that size is allocated.
/// Throws Error(kInput) that lists unknown or missing tensors, or names the first one of another shape.
void check_tensors(const ParameterLayout& layout, const TensorFile& file, const std::string& file_name);

/// Sets every tensor of the engine from the file. Absent biases become zero; buffers (masks) are ignored.
/// Throws Error(kInput) as check_tensors does.
void load_tensors(Engine& engine, const TensorFile& file, const std::string& file_name);

}  // namespace groklab
