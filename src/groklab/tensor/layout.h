// Names, shapes and offsets of all parameters in one flat buffer. No mathematics.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// One named tensor, row-major, TransformerLens name and shape (e.g. "blocks.0.attn.W_Q", [heads, d_model, d_head]).
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  ///< elements from the start of the buffer; a multiple of 16
  std::int64_t size = 0;    ///< elements
};

class ParameterLayout {
 public:
  /// Appends a tensor behind the last one, aligned to 16 elements. Names are unique.
  const TensorSpec& add(std::string name, std::vector<std::int64_t> shape);
  /// nullptr if there is none of that name.
  const TensorSpec* find(std::string_view name) const;
  const TensorSpec& at(std::string_view name) const;
  const std::vector<TensorSpec>& tensors() const { return tensors_; }
  /// Elements of the whole buffer, padding included. Padding is zero and stays zero.
  std::int64_t total() const { return total_; }
  /// Trainable numbers, padding not counted.
  std::int64_t parameter_count() const;

 private:
  std::vector<TensorSpec> tensors_;
  std::int64_t total_ = 0;
};

}  // namespace groklab
