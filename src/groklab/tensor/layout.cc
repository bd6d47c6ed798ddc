// See layout.h.
#include "groklab/tensor/layout.h"

#include <utility>

#include "groklab/base/error.h"

namespace groklab {

const TensorSpec& ParameterLayout::add(std::string name, std::vector<std::int64_t> shape, const TensorTraits& traits) {
  require(find(name) == nullptr, "a tensor's name must be unique");
  TensorSpec spec;
  spec.name = std::move(name);
  spec.shape = std::move(shape);
  spec.traits = traits;
  spec.size = 1;
  for (const std::int64_t extent : spec.shape) spec.size *= extent;
  spec.offset = total_;
  total_ += (spec.size + 15) / 16 * 16;  // 64 bytes of float32: every tensor starts on a cache line
  tensors_.push_back(std::move(spec));
  return tensors_.back();
}

const TensorSpec* ParameterLayout::find(std::string_view name) const {
  for (const TensorSpec& spec : tensors_) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

const TensorSpec& ParameterLayout::at(std::string_view name) const {
  const TensorSpec* spec = find(name);
  if (spec == nullptr) fail(ErrorKind::kInternal, "internal: no tensor named {}", name);
  return *spec;
}

std::int64_t ParameterLayout::parameter_count() const {
  std::int64_t count = 0;
  for (const TensorSpec& spec : tensors_) count += spec.size;
  return count;
}

}  // namespace groklab
