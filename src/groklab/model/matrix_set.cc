// See matrix_set.h.
#include "groklab/model/matrix_set.h"

#include <algorithm>
#include <cstring>

#include "groklab/base/error.h"

namespace groklab {

MatrixPlace plain_matrix(const TensorSpec& spec) {
  require(spec.shape.size() == 2, "plain_matrix needs two axes");
  return {spec.offset, spec.shape[0], spec.shape[1], spec.shape[1], spec.shape[1], 0};
}

MatrixPlace heads_as_columns(const TensorSpec& spec) {
  require(spec.shape.size() == 3, "heads_as_columns needs three axes");
  const std::int64_t heads = spec.shape[0], depth = spec.shape[1], d_head = spec.shape[2];
  return {spec.offset, depth, heads * d_head, d_head, d_head, depth * d_head};
}

MatrixPlace heads_as_rows(const TensorSpec& spec) {
  require(spec.shape.size() == 3, "heads_as_rows needs three axes");
  const std::int64_t n = spec.shape[2];
  return {spec.offset, spec.shape[0] * spec.shape[1], n, n, n, 0};
}

MatrixPlace one_head(const TensorSpec& spec, std::int64_t head) {
  require(spec.shape.size() == 3, "one_head needs three axes");
  const std::int64_t depth = spec.shape[1], n = spec.shape[2];
  return {spec.offset + head * depth * n, depth, n, n, n, 0};
}

MatrixPlace transposed(const TensorSpec& spec, std::int64_t columns) {
  require(spec.shape.size() == 2 && columns <= spec.shape[0], "transposed needs two axes and enough rows");
  return {spec.offset, spec.shape[1], columns, 1, 1, spec.shape[1]};
}

template <typename T>
std::int64_t MatrixSet<T>::reserve(std::int64_t size, bool cleared) {
  const std::int64_t at = accumulator_size_;
  accumulator_size_ += (size + 15) / 16 * 16;
  if (cleared) cleared_.push_back({at, size});
  return at;
}

template <typename T>
MatrixId MatrixSet<T>::add_matrix(const MatrixPlace& place, const Use& use) {
  Matrix m;
  m.place = place;
  m.use = use;
  const std::size_t index = matrices_.size();
  if (use.forward) {
    m.packed_at = packed_size_;
    packed_size_ += panels(place.n) * width_ * place.depth;
    for (std::int64_t col = 0; col < place.n; col += width_) pack_tasks_.push_back({index, col, false});
  }
  if (use.backward) {
    m.transposed_at = packed_size_;
    packed_size_ += panels(place.depth) * width_ * place.n;
    for (std::int64_t row = 0; row < place.depth; row += width_) pack_tasks_.push_back({index, row, true});
  }
  if (use.gradient) {
    const std::int64_t n = use.transposed_gradient ? place.depth : place.n;
    const std::int64_t depth = use.transposed_gradient ? place.n : place.depth;
    m.gradient_at = reserve(panels(n) * width_ * depth, use.scattered);
    for (std::int64_t col = 0; col < n; col += width_) {
      (use.shared ? shared_tasks_ : collect_tasks_)
          .push_back({m.gradient_at + col * depth, width_ * depth, static_cast<std::ptrdiff_t>(index), col});
    }
  }
  matrices_.push_back(m);
  return index;
}

template <typename T>
MatrixId MatrixSet<T>::add_vector(const TensorSpec& spec) {
  Matrix m;
  m.is_vector = true;
  m.place = {spec.offset, 1, spec.size, spec.size, spec.size, 0};
  const std::int64_t size = panels(spec.size) * width_;
  m.gradient_at = reserve(size, true);
  collect_tasks_.push_back({m.gradient_at, size, static_cast<std::ptrdiff_t>(matrices_.size()), 0});
  matrices_.push_back(m);
  return matrices_.size() - 1;
}

template <typename T>
std::int64_t MatrixSet<T>::add_raw(std::int64_t size) {
  const std::int64_t at = reserve(size, true);
  constexpr std::int64_t kPiece = 16384;  // numbers summed by one task
  for (std::int64_t i = 0; i < size; i += kPiece) {
    collect_tasks_.push_back({at + i, size - i < kPiece ? size - i : kPiece, -1, 0});
  }
  return at;
}

template <typename T>
void MatrixSet<T>::clear_accumulator(T* accumulator) const {
  for (const Range& range : cleared_) {
    std::memset(static_cast<void*>(accumulator + range.at), 0, static_cast<std::size_t>(range.size) * sizeof(T));
  }
}

template <typename T>
void MatrixSet<T>::pack_all(const T* parameters, ThreadPool& pool) {
  if (packed_.size() != packed_size_) packed_ = AlignedBuffer<T>(packed_size_);
  pool.run(static_cast<std::int64_t>(pack_tasks_.size()), [&](std::int64_t index, int) {
    const PackTask& task = pack_tasks_[static_cast<std::size_t>(index)];
    const Matrix& m = matrices_[task.matrix];
    const MatrixPlace& p = m.place;
    const BlockedView<const T> source{parameters + p.offset, p.row_stride, p.block, p.block_stride};
    if (task.transposed) {
      T* const panel = packed_.data() + m.transposed_at + task.col * p.n;
      if (p.block >= p.n && p.depth - task.col >= width_) {
        kernels_->transpose(panel, width_, source.data + task.col * p.row_stride, p.row_stride, width_, p.n);
      } else {
        pack_transposed_panel(panel, source, p.depth, task.col, p.n, width_);
      }
    } else {
      pack_panel(packed_.data() + m.packed_at + task.col * p.depth, source, p.depth, task.col, p.n, width_);
    }
  });
}

template <typename T>
void MatrixSet<T>::sum_chunks(std::span<T* const> accumulators, std::int64_t at, std::int64_t size) const {
  for (std::size_t chunk = 1; chunk < accumulators.size(); ++chunk) {
    kernels_->add(accumulators[0] + at, accumulators[chunk] + at, size);
  }
}

/// One panel of a transposed gradient: rows row..row + width - 1 of the matrix.
template <typename T>
void MatrixSet<T>::collect_transposed(const Matrix& m, std::int64_t row, T* gradient, const T* sum) const {
  const MatrixPlace& p = m.place;
  if (p.row_stride == 1) {  // the matrix itself is the transpose of rows in the buffer
    unpack_panel(BlockedView<T>{gradient + p.offset, p.block_stride, p.depth, 0}, sum, p.n, row, p.depth, width_,
                 m.use.shared);
    return;
  }
  require(p.block >= p.n && !m.use.shared, "transposed gradients are of row-major matrices");
  kernels_->transpose(gradient + p.offset + row * p.row_stride, p.row_stride, sum, width_, p.n,
                      std::min(width_, p.depth - row));
}

template <typename T>
void MatrixSet<T>::collect_task(const CollectTask& task, T* gradient, std::span<T* const> accumulators) const {
  T* const sum = accumulators[0] + task.at;
  sum_chunks(accumulators, task.at, task.size);
  if (task.matrix < 0) return;
  const Matrix& m = matrices_[static_cast<std::size_t>(task.matrix)];
  const MatrixPlace& p = m.place;
  if (m.is_vector) {
    std::memcpy(gradient + p.offset, sum, static_cast<std::size_t>(p.n) * sizeof(T));
    return;
  }
  if (m.use.transposed_gradient) return collect_transposed(m, task.col, gradient, sum);
  const BlockedView<T> target{gradient + p.offset, p.row_stride, p.block, p.block_stride};
  unpack_panel(target, sum, p.depth, task.col, p.n, width_, m.use.shared);
}

template <typename T>
void MatrixSet<T>::collect_own(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) const {
  pool.run(static_cast<std::int64_t>(collect_tasks_.size()), [&](std::int64_t index, int) {
    collect_task(collect_tasks_[static_cast<std::size_t>(index)], gradient, accumulators);
  });
}

template <typename T>
void MatrixSet<T>::collect_shared(T* gradient, std::span<T* const> accumulators) const {
  for (const CollectTask& task : shared_tasks_) collect_task(task, gradient, accumulators);
}

template class MatrixSet<float>;
template class MatrixSet<double>;

}  // namespace groklab
