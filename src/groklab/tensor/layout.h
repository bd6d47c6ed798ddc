// Names, shapes and offsets of all parameters in one flat buffer. No mathematics.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// What a tensor is for.
enum class TensorRole {
  kEmbedding,          ///< a row for each token
  kPositionEmbedding,  ///< a row for each position
  kLinear,             ///< a linear map; its output sums over fan_in inputs
  kUnembedding,        ///< the linear map to the logits
  kBias,               ///< of a linear map, whose fan_in it has
  kNormGain,
  kNormBias
};

/// How the three axes of a tensor of all heads make one matrix.
enum class HeadAxis {
  kNone,     ///< no heads
  kColumns,  ///< [heads, n, d_head]: the heads' columns side by side, n x heads * d_head
  kRows      ///< [heads, d_head, n]: the heads' rows one below the other, heads * d_head x n
};

/// What the name and the shape do not say. Set where the tensor is added.
struct TensorTraits {
  TensorRole role = TensorRole::kLinear;
  std::int64_t fan_in = 0;  ///< inputs that one output of the linear map sums over; 0 for embeddings and LayerNorm
  HeadAxis heads = HeadAxis::kNone;

  /// A matrix (embedding or linear map), not a vector that is added or multiplied element by element.
  bool is_weight() const {
    return role == TensorRole::kEmbedding || role == TensorRole::kPositionEmbedding || role == TensorRole::kLinear ||
           role == TensorRole::kUnembedding;
  }
  bool is_bias() const { return role == TensorRole::kBias || role == TensorRole::kNormBias; }
};

/// One named tensor, row-major, TransformerLens name and shape (e.g. "blocks.0.attn.W_Q", [heads, d_model, d_head]).
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;  ///< elements from the start of the buffer; a multiple of 16
  std::int64_t size = 0;    ///< elements
  TensorTraits traits = {};
};

class ParameterLayout {
 public:
  /// Appends a tensor behind the last one, aligned to 16 elements. Names are unique.
  const TensorSpec& add(std::string name, std::vector<std::int64_t> shape, const TensorTraits& traits = {});
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
