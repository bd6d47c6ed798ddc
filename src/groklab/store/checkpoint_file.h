// A training state as a safetensors file: weights under their own names, optimiser buffers as "optim.BUFFER.NAME".
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "groklab/files/safetensors.h"
#include "groklab/record/record.h"
#include "groklab/store/pack.h"
#include "groklab/store/store.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Throws an internal error if a buffer does not have the layout's size.
TensorFile checkpoint_to_file(const TrainState& state, const ParameterLayout& layout, bool kept);

/// The inverse, bit for bit; files of version 1, which knew Adam's and SGD's buffers only, are read too. `where` names
/// the file in messages. Throws Error(kInput): not a groklab checkpoint, newer version, tensors that are missing,
/// additional or of another shape or precision.
TrainState checkpoint_from_file(const TensorFile& file, const ParameterLayout& layout, const std::string& where);

/// The checkpoint of `run` at `step` (-1: the last) among those known. Throws Error(kStore) that lists the steps.
const CheckpointInfo& find_checkpoint(const std::vector<CheckpointInfo>& known, const std::string& run,
                                      std::int64_t step);

/// A file that groklab wrote. Throws Error(kInput) where it is damaged: what it says does not give the checksum that it
/// holds. Files of checkpoint versions 1 and 2 hold none.
TensorFile read_checkpoint_file(const std::filesystem::path& path);
TensorFile read_checkpoint_file(const StoredFile& file);
/// Puts the checksum into the metadata; nothing may be changed after it.
void seal_checkpoint_file(TensorFile& file);

/// Only the weights of a checkpoint's file.
TensorFile weights_of_checkpoint(TensorFile file);

}  // namespace groklab
