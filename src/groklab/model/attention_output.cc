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
      n_(n),
      layout_{sizes_.rows(), sizes_.heads, kernels.width, kernels.mixture_width} {
  const std::int64_t width = kernels.width, heads = sizes_.heads, kernel_panels = (n + width - 1) / width;
  table_gradient_at_ = matrices.reserve(layout_.size(n), true);
  base_gradient_at_ = matrices.add_raw(layout_.padded(n));
  if (matrix_.has_value()) {
    folded_ = AlignedBuffer<T>(kernel_panels * folded_stride());
    matrix_gradient_ = AlignedBuffer<T>(kernel_panels * sizes_.d_model * width);
  }
  folded_transposed_ = AlignedBuffer<T>(heads * ((sizes_.d_head + width - 1) / width) * n_ * width);
  tables_ = AlignedBuffer<T>(layout_.size(n));
  base_ = AlignedBuffer<T>(layout_.padded(n));
  folded_gradient_ = AlignedBuffer<T>(kernel_panels * folded_stride());
}

template <typename T>
Mixture<T> AttentionOutput<T>::mixture(const AttentionTile<T>& tile) const {
  Mixture<T> mixture;
  mixture.weights = tile.weights;
  mixture.tables = {tables_.data(), layout_.panel_stride()};
  mixture.slots = sizes_.slots;
  mixture.heads = sizes_.heads;
  mixture.row_capacity = tile.reads.row_capacity;
  mixture.position_row = sizes_.position_row(0);
  mixture.reads = tile.reads.table_rows;
  mixture.groups = tile.reads.groups;
  return mixture;
}

template <typename T>
void AttentionOutput<T>::prepare_panel(std::int64_t panel, const T* w_o, const T* direct, const T* bias) {
  for (std::int64_t p = first_kernel_panel(panel); p < last_kernel_panel(panel); ++p) {
    prepare_columns(p, w_o, direct, bias);
  }
}

/// One panel of the kernels'.
template <typename T>
void AttentionOutput<T>::prepare_columns(std::int64_t panel, const T* w_o, const T* direct, const T* bias) {
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
    const T* const f_head = f + h * e * width;
    prepare_table(layout_.panel(tables_.data(), panel, h), base.data, h, f_head, part);
    for (std::int64_t p = 0; p < head_panels; ++p) {
      kernels_.transpose(folded_transposed_.data() + ((h * head_panels + p) * n_ + panel * width) * width, width,
                         f_head + p * width * width, width, std::min(width, e - p * width), part);
    }
  }
}

/// One panel of a head's table, with the last slot's position added to every token and subtracted from the other
/// slots'.
template <typename T>
void AttentionOutput<T>::prepare_table(PanelView<T> table, T* base, std::int64_t head, const T* folded,
                                       std::int64_t columns) {
  const std::int64_t width = kernels_.width, tokens = sizes_.token_rows, e = sizes_.d_head, row = table.row_stride;
  const PanelView<const T> values = inputs_.values(head);
  T* const positions = table.data + tokens * row;
  kernels_.nn({positions, row, 0}, {values.data + tokens * width, width, values.panel_stride}, folded,
              sizes_.rows() - tokens, columns, e, Epilogue<T>{});
  const T* const last_input = table.data + sizes_.last_row() * row;
  kernels_.add(base, last_input, width);
  T* const last_slot = positions + (sizes_.slots - 1) * row;
  for (std::int64_t slot = 0; slot + 1 < sizes_.slots; ++slot) {
    for (std::int64_t j = 0; j < width; ++j) positions[slot * row + j] -= last_slot[j];
  }
  for (std::int64_t j = 0; j < width; ++j) last_slot[j] -= last_input[j];
  Epilogue<T> add_last;
  add_last.bias = last_slot;
  kernels_.nn(table, values, folded, tokens, columns, e, add_last);
}

template <typename T>
void AttentionOutput<T>::forward(PanelView<T> out, bool relu, const AttentionTile<T>& tile) const {
  kernels_.mixture_forward(out, base_.data(), relu, mixture(tile), n_);
}

template <typename T>
void AttentionOutput<T>::backward(T* accumulator, T* shares, bool first, PanelView<const T> gradient,
                                  const AttentionTile<T>& tile) const {
  const MixtureTables<T> table_gradient{accumulator + table_gradient_at_, layout_.panel_stride()};
  kernels_.mixture_backward(table_gradient, shares, first, accumulator + base_gradient_at_, gradient, mixture(tile),
                            n_);
}

template <typename T>
void AttentionOutput<T>::collect_panel(std::int64_t panel, const T* w_o, const T* direct,
                                       std::span<T* const> accumulators) {
  matrices_.sum_chunks(accumulators, table_gradient_at_ + panel * layout_.panel_stride(), layout_.panel_stride());
  for (std::int64_t p = first_kernel_panel(panel); p < last_kernel_panel(panel); ++p) {
    collect_columns(p, w_o, direct, accumulators[0]);
  }
}

template <typename T>
void AttentionOutput<T>::collect_columns(std::int64_t panel, const T* w_o, const T* direct, T* sums) {
  const std::int64_t width = kernels_.width, d = sizes_.d_model, e = sizes_.d_head;
  const std::int64_t part = std::min(width, n_ - panel * width);
  const T* const d_base = sums + base_gradient_at_ + panel * width;
  T* const d_folded = folded_gradient_.data() + panel * folded_stride();
  for (std::int64_t h = 0; h < sizes_.heads; ++h) {
    const PanelView<T> table = layout_.panel(sums + table_gradient_at_, panel, h);
    T* const last = table.data + sizes_.last_row() * table.row_stride;  // less what the differences take from it
    std::memcpy(last, d_base, static_cast<std::size_t>(width) * sizeof(T));
    for (std::int64_t slot = 0; slot < sizes_.slots; ++slot) {
      const T* const position = table.data + sizes_.position_row(slot) * table.row_stride;
      for (std::int64_t j = 0; j < width; ++j) last[j] -= position[j];
    }
    kernels_.tn(d_folded + h * e * width, inputs_.values(h), constant(table), sizes_.rows(), part, e, false);
  }
  if (!matrix_.has_value()) return;
  T* const d_matrix = matrix_gradient_.data() + panel * d * width;
  kernels_.tn(d_matrix, {w_o, d, width}, {d_folded, width, 0}, sizes_.joined(), part, d, false);
  kernels_.tn(d_matrix, {direct, width, width}, {d_base, width, 0}, 1, part, d, true);
}

template <typename T>
void AttentionOutput<T>::collect_values(PanelView<T> d_values, std::int64_t head, const T* sums, bool add) const {
  const std::int64_t width = kernels_.width, e = sizes_.d_head;
  const T* const transposed = folded_transposed_.data() + head * ((e + width - 1) / width) * n_ * width;
  multiply_table(kernels_, d_values, sums + table_gradient_at_, layout_, head, transposed, e, n_, add);
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
