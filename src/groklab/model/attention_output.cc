// See attention_output.h.
#include "groklab/model/attention_output.h"

#include <algorithm>
#include <cstring>

#include "groklab/model/blocks.h"

namespace groklab {

template <typename T>
AttentionOutput<T>::AttentionOutput(const AttentionInputs<T>& inputs, MatrixId w_o, std::optional<MatrixId> matrix,
                                    std::int64_t n, MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : inputs_(inputs),
      sizes_(inputs.sizes()),
      matrices_(matrices),
      kernels_(kernels),
      w_o_(w_o),
      matrix_(matrix),
      n_(n) {
  const std::int64_t width = kernels.width, heads = sizes_.heads;
  table_gradient_at_ = matrices.add_raw(panels() * heads * table_stride());
  base_gradient_at_ = matrices.add_raw(panels() * width);
  if (matrix_.has_value()) {
    folded_ = AlignedBuffer<T>(panels() * folded_stride());
    matrix_gradient_ = AlignedBuffer<T>(panels() * sizes_.d_model * width);
  }
  folded_transposed_ = AlignedBuffer<T>(heads * ((sizes_.d_head + width - 1) / width) * n_ * width);
  tables_ = AlignedBuffer<T>(panels() * heads * table_stride());
  mixed_ = AlignedBuffer<T>(sizes_.slots * panels() * heads * mixed_stride());
  base_ = AlignedBuffer<T>(panels() * width);
  folded_gradient_ = AlignedBuffer<T>(panels() * folded_stride());
}

template <typename T>
HeadTables<const T> AttentionOutput<T>::mixed(std::int64_t slot) const {
  const std::int64_t panel_stride = sizes_.heads * mixed_stride();
  return {mixed_.data() + slot * panels() * panel_stride, mixed_stride(), panel_stride};
}

template <typename T>
void AttentionOutput<T>::prepare_panel(std::int64_t panel, const T* w_o, const T* direct, const T* bias) {
  const std::int64_t width = kernels_.width, d = sizes_.d_model, e = sizes_.d_head, joined = sizes_.joined();
  const std::int64_t part = std::min(width, n_ - panel * width);
  const PanelView<T> base{base_.data() + panel * width, width, width};
  Epilogue<T> epilogue;
  epilogue.bias = bias != nullptr ? bias + panel * width : nullptr;
  if (matrix_.has_value()) {
    const T* b = matrices_.packed(*matrix_) + panel * d * width;
    kernels_.nn({folded_.data() + panel * folded_stride(), width, 0}, {w_o, d, width}, b, joined, part, d,
                Epilogue<T>{});
    kernels_.nn(base, {direct, width, width}, b, 1, part, d, epilogue);
  } else {
    std::memcpy(base.data, direct + panel * width, static_cast<std::size_t>(width) * sizeof(T));
  }
  const T* const f = folded() + panel * folded_stride();
  const std::int64_t head_panels = (e + width - 1) / width;
  for (std::int64_t h = 0; h < sizes_.heads; ++h) {
    const T* f_head = f + h * e * width;
    T* table = tables_.data() + (panel * sizes_.heads + h) * table_stride();
    kernels_.nn({table, width, 0}, inputs_.values(h), f_head, sizes_.rows(), part, e, Epilogue<T>{});
    for (std::int64_t p = 0; p < head_panels; ++p) {
      kernels_.transpose(folded_transposed_.data() + ((h * head_panels + p) * n_ + panel * width) * width, width,
                         f_head + p * width * width, width, std::min(width, e - p * width), part);
    }
    for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
      const T* __restrict position = table + sizes_.position_row(slot) * width;
      T* __restrict to = mixed_.data() + ((slot * panels() + panel) * sizes_.heads + h) * mixed_stride();
      for (std::int64_t token = 0; token < sizes_.token_rows; ++token) {
        for (std::int64_t j = 0; j < width; ++j) to[token * width + j] = table[token * width + j] + position[j];
      }
    }
    kernels_.add(base.data, table + sizes_.last_row() * width, width);
  }
}

template <typename T>
void AttentionOutput<T>::forward(PanelView<T> out, bool relu, const AttentionTile<T>& tile) const {
  for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
    const MixtureWeights<T> weights{tile.weights + slot * tile.row_capacity, (sizes_.slots + 1) * tile.row_capacity};
    kernels_.mixture_forward(out, slot == 0 ? base_.data() : nullptr, relu && slot + 1 == sizes_.slots, weights,
                             mixed(slot), sizes_.heads, tile.grouping->groups(tile.grouped, slot), n_);
  }
}

template <typename T>
void AttentionOutput<T>::backward(T* accumulator, T* shares, bool first, PanelView<const T> gradient, std::int64_t rows,
                                  const AttentionTile<T>& tile) const {
  kernels_.column_sums(accumulator + base_gradient_at_, gradient, rows, n_, true);
  const HeadTables<T> table_gradient{accumulator + table_gradient_at_, table_stride(), sizes_.heads * table_stride()};
  const std::int64_t share_size = kernels_.mixture_share_size(sizes_.heads);
  for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
    const MixtureWeights<T> weights{tile.weights + slot * tile.row_capacity, (sizes_.slots + 1) * tile.row_capacity};
    kernels_.mixture_backward(table_gradient, sizes_.position_row(slot), shares + slot * tile.row_capacity * share_size,
                              first, gradient, weights, mixed(slot), sizes_.heads,
                              tile.grouping->groups(tile.grouped, slot), n_);
  }
}

template <typename T>
void AttentionOutput<T>::collect_panel(std::int64_t panel, const T* w_o, const T* direct, T* sums) {
  const std::int64_t width = kernels_.width, d = sizes_.d_model, e = sizes_.d_head;
  const std::int64_t part = std::min(width, n_ - panel * width);
  const T* const d_base = sums + base_gradient_at_ + panel * width;
  T* const d_folded = folded_gradient_.data() + panel * folded_stride();
  for (std::int64_t h = 0; h < sizes_.heads; ++h) {
    T* table = sums + table_gradient_at_ + (panel * sizes_.heads + h) * table_stride();
    std::memcpy(table + sizes_.last_row() * width, d_base, static_cast<std::size_t>(width) * sizeof(T));
    kernels_.tn(d_folded + h * e * width, inputs_.values(h), {table, width, 0}, sizes_.rows(), part, e, false);
  }
  if (!matrix_.has_value()) return;
  T* const d_matrix = matrix_gradient_.data() + panel * d * width;
  kernels_.tn(d_matrix, {w_o, d, width}, {d_folded, width, 0}, sizes_.joined(), part, d, false);
  for (std::int64_t k = 0; k < d; ++k) {
    T* __restrict row = d_matrix + k * width;
    const T* __restrict slope = d_base;
    for (std::int64_t j = 0; j < width; ++j) row[j] += direct[k] * slope[j];
  }
}

template <typename T>
void AttentionOutput<T>::collect_values(PanelView<T> d_values, std::int64_t head, const T* sums, bool add) const {
  const std::int64_t width = kernels_.width, e = sizes_.d_head;
  const PanelView<const T> d_table{sums + table_gradient_at_ + head * table_stride(), width,
                                   sizes_.heads * table_stride()};
  Epilogue<T> epilogue;
  if (add) epilogue.addend = constant(d_values);
  kernels_.nn(d_values, d_table, folded_transposed_.data() + head * ((e + width - 1) / width) * n_ * width,
              sizes_.rows(), e, n_, epilogue);
}

template <typename T>
void AttentionOutput<T>::collect_stream_panel(PanelView<T> d_w_o, T* d_direct, std::int64_t panel, const T* sums,
                                              bool add) const {
  const std::int64_t width = kernels_.width;
  const PanelView<const T> d_folded{folded_gradient_.data(), width, folded_stride()};
  const T* const d_base = sums + base_gradient_at_;
  if (!matrix_.has_value()) {
    const T* from = d_folded.data + panel * d_folded.panel_stride;
    if (!add) {
      std::memset(static_cast<void*>(d_w_o.data), 0, static_cast<std::size_t>(folded_stride()) * sizeof(T));
      std::memset(static_cast<void*>(d_direct), 0, static_cast<std::size_t>(width) * sizeof(T));
    }
    kernels_.add(d_w_o.data, from, folded_stride());
    kernels_.add(d_direct, d_base + panel * width, width);
    return;
  }
  const T* b_transposed = matrices_.packed_transposed(*matrix_) + panel * n_ * width;
  const std::int64_t part = std::min(width, sizes_.d_model - panel * width);
  Epilogue<T> into_w_o, into_direct;
  const PanelView<T> direct{d_direct, width, width};
  if (add) {
    into_w_o.addend = constant(d_w_o);
    into_direct.addend = constant(direct);
  }
  kernels_.nn(d_w_o, d_folded, b_transposed, sizes_.joined(), part, n_, into_w_o);
  kernels_.nn(direct, {d_base, width, width}, b_transposed, 1, part, n_, into_direct);
}

template class AttentionOutput<float>;
template class AttentionOutput<double>;

}  // namespace groklab
