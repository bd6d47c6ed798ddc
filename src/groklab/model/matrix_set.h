// The weight matrices and vectors of a network as the kernels want them: packed copies of the weights, and places in
// the accumulators for their gradients.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/kernel/kernels.h"
#include "groklab/tensor/buffer.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Index of a matrix or vector in its set.
using MatrixId = std::size_t;

/// How a logical matrix [depth, n] lies in the parameter buffer.
struct MatrixPlace {
  std::int64_t offset = 0;  ///< element (0, 0) in the parameter buffer
  std::int64_t depth = 0, n = 0;
  std::int64_t row_stride = 0, block = 0, block_stride = 0;  ///< see BlockedView
};

/// A row-major tensor [depth, n].
MatrixPlace plain_matrix(const TensorSpec& spec);
/// [heads, d_model, d_head] as one matrix [d_model, heads * d_head].
MatrixPlace heads_as_columns(const TensorSpec& spec);
/// [heads, d_head, d_model] as one matrix [heads * d_head, d_model].
MatrixPlace heads_as_rows(const TensorSpec& spec);
/// Matrix `head` of a [heads, depth, n] tensor.
MatrixPlace one_head(const TensorSpec& spec, std::int64_t head);
/// The first `columns` rows of a tensor [rows, depth], transposed: [depth, columns].
MatrixPlace transposed(const TensorSpec& spec, std::int64_t columns);

template <typename T>
class MatrixSet {
 public:
  explicit MatrixSet(const Kernels<T>& kernels) : width_(kernels.width), kernels_(&kernels) {}

  /// What a matrix needs: its packed form (forward products), its packed transpose (backward products), a place for
  /// its gradient in the accumulators. `shared`: another member writes the same parameters, so the gradient is added.
  struct Use {
    bool forward = true, backward = true, gradient = true, shared = false;
    /// The gradient is kept transposed, [n, depth], so that its columns are the matrix' rows.
    bool transposed_gradient = false;
    /// The gradient is scattered into, not written whole by the first tile, so it must start from zero.
    bool scattered = false;
  };
  MatrixId add_matrix(const MatrixPlace& place, const Use& use);
  /// A vector parameter with a gradient place padded to whole panels, which starts from zero.
  MatrixId add_vector(const TensorSpec& spec);
  /// Reserves `size` numbers in the accumulators that start from zero and are summed over the chunks, nothing else.
  std::int64_t add_raw(std::int64_t size);
  /// Reserves numbers that their owner sums over the chunks, with sum_chunks(). `cleared`: they start from zero.
  std::int64_t reserve(std::int64_t size, bool cleared);
  /// Sums a range of the accumulators over the chunks, in their order, into accumulators[0].
  void sum_chunks(std::span<T* const> accumulators, std::int64_t at, std::int64_t size) const;

  std::int64_t accumulator_size() const { return accumulator_size_; }
  void clear_accumulator(T* accumulator) const;

  /// Packs all matrices from the parameters, one task a panel.
  void pack_all(const T* parameters, ThreadPool& pool);
  const T* packed(MatrixId id) const { return packed_.data() + matrices_[id].packed_at; }
  const T* packed_transposed(MatrixId id) const { return packed_.data() + matrices_[id].transposed_at; }
  std::int64_t gradient_at(MatrixId id) const { return matrices_[id].gradient_at; }

  /// Sums the chunks into accumulators[0] in their order and writes the gradients of matrices and vectors into the
  /// flat gradient; shared matrices are only summed.
  void collect_own(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) const;
  /// Adds the shared matrices' gradients to what is in the flat gradient by now.
  void collect_shared(T* gradient, std::span<T* const> accumulators) const;

 private:
  struct Matrix {
    MatrixPlace place;
    Use use;
    std::int64_t packed_at = -1, transposed_at = -1, gradient_at = -1;
    bool is_vector = false;
  };
  struct PackTask {
    std::size_t matrix;
    std::int64_t col;
    bool transposed;
  };
  struct CollectTask {
    std::int64_t at, size;  ///< range of the accumulators
    std::ptrdiff_t matrix;  ///< -1: raw
    std::int64_t col;
  };
  std::int64_t panels(std::int64_t n) const { return (n + width_ - 1) / width_; }
  void collect_transposed(const Matrix& matrix, std::int64_t row, T* gradient, const T* sum) const;
  void collect_task(const CollectTask& task, T* gradient, std::span<T* const> accumulators) const;

  std::int64_t width_;
  const Kernels<T>* kernels_;
  std::vector<Matrix> matrices_;
  std::vector<PackTask> pack_tasks_;
  std::vector<CollectTask> collect_tasks_;  ///< independent of each other
  std::vector<CollectTask> shared_tasks_;   ///< after the others, in order: they add
  struct Range {
    std::int64_t at, size;
  };
  std::vector<Range> cleared_;
  std::int64_t packed_size_ = 0;
  std::int64_t accumulator_size_ = 0;
  AlignedBuffer<T> packed_;
};

}  // namespace groklab
