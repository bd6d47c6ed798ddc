// Between the tensors of files and those of the public surface.
#pragma once

#include "groklab/files/safetensors.h"
#include "groklab/run.h"

namespace groklab {

NamedTensor named_tensor(const FileTensor& tensor);
/// As F64. Throws Error(kInput) if the number of values is not that of the shape.
FileTensor file_tensor(const NamedTensor& tensor);
TensorFile tensor_file(const WeightFile& file);

}  // namespace groklab
