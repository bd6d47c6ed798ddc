// See weight_file.h.
#include "groklab/run/weight_file.h"

#include <cstring>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {

NamedTensor named_tensor(const FileTensor& tensor) { return {tensor.name, tensor.shape, tensor.values()}; }

FileTensor file_tensor(const NamedTensor& tensor) {
  std::int64_t size = 1;
  for (const std::int64_t extent : tensor.shape) size *= extent;
  if (static_cast<std::int64_t>(tensor.values.size()) != size) {
    fail(ErrorKind::kInput, "{}: expected {} values for shape [{}], found {}", tensor.name, size,
         join(tensor.shape, ", "), tensor.values.size());
  }
  FileTensor file{tensor.name, "F64", tensor.shape, std::vector<std::byte>(tensor.values.size() * sizeof(double))};
  if (!file.data.empty()) std::memcpy(file.data.data(), tensor.values.data(), file.data.size());
  return file;
}

TensorFile tensor_file(const WeightFile& file) {
  TensorFile result;
  result.metadata = file.metadata;
  for (const NamedTensor& tensor : file.tensors) result.tensors.push_back(file_tensor(tensor));
  return result;
}

WeightFile read_weights(const std::string& path) {
  TensorFile file = read_safetensors(path);
  WeightFile result;
  result.metadata = std::move(file.metadata);
  for (const FileTensor& tensor : file.tensors) result.tensors.push_back(named_tensor(tensor));
  return result;
}

void write_weights(const std::string& path, const WeightFile& file) { write_safetensors(path, tensor_file(file)); }

}  // namespace groklab
