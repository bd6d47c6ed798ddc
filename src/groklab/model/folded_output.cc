// See folded_output.h.
#include "groklab/model/folded_output.h"

#include <algorithm>

#include "groklab/model/blocks.h"

namespace groklab {

template <typename T>
FoldedOutput<T>::FoldedOutput(MatrixId w_out, MatrixId w_u, std::int64_t d_mlp, std::int64_t d_model,
                              std::int64_t classes, MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : matrices_(matrices),
      kernels_(kernels),
      w_out_(w_out),
      w_u_(w_u),
      m_(d_mlp),
      d_(d_model),
      classes_(classes),
      gradient_at_(matrices.reserve((d_mlp + kernels.width - 1) / kernels.width * kernels.width * classes, false)),
      packed_((classes + kernels.width - 1) / kernels.width * kernels.width * d_mlp),
      transposed_((d_mlp + kernels.width - 1) / kernels.width * kernels.width * classes) {}

template <typename T>
void FoldedOutput<T>::prepare_panel(std::int64_t panel) {
  const std::int64_t width = kernels_.width, part = std::min(width, m_ - panel * width);
  T* const transposed = transposed_.data() + panel * transposed_stride();
  // W_U^T is the packed transpose of W_U, read as a matrix [C, d]; W_out^T likewise [d, m].
  const PanelView<const T> w_u_transposed{matrices_.packed_transposed(w_u_), width, classes_ * width};
  kernels_.nn({transposed, width, 0}, w_u_transposed, matrices_.packed_transposed(w_out_) + panel * d_ * width,
              classes_, part, d_, Epilogue<T>{});
  for (std::int64_t c = 0; c < classes_; c += width) {
    kernels_.transpose(packed_.data() + c * m_ + panel * width * width, width, transposed + c * width, width,
                       std::min(width, classes_ - c), part);
  }
}

template <typename T>
void FoldedOutput<T>::forward(PanelView<T> logits, PanelView<const T> hidden, std::int64_t rows) const {
  Epilogue<T> epilogue;
  epilogue.addend = constant(logits);
  multiply_to_classes(kernels_, logits, hidden, packed_.data(), transposed_.data(), rows, classes_, m_, epilogue);
}

template <typename T>
void FoldedOutput<T>::backward(PanelView<T> hidden, PanelView<const T> d_logits, T* accumulator, bool first, bool relu,
                               std::int64_t rows) const {
  kernels_.tn(accumulator + gradient_at_, d_logits, constant(hidden), rows, m_, classes_, !first);
  Epilogue<T> mask;
  if (relu) mask.kind = EpilogueKind::kReluMask;
  kernels_.nn(hidden, d_logits, transposed_.data(), rows, m_, classes_, mask);
}

template <typename T>
void FoldedOutput<T>::collect_panel(std::int64_t panel, T* d_w_out, std::span<T* const> accumulators) const {
  matrices_.sum_chunks(accumulators, gradient_at_ + panel * transposed_stride(), transposed_stride());
  const std::int64_t width = kernels_.width, part = std::min(width, m_ - panel * width);
  const PanelView<const T> w_u_transposed{matrices_.packed_transposed(w_u_), width, classes_ * width};
  const PanelView<const T> d_transposed{accumulators[0] + gradient_at_ + panel * transposed_stride(), width, 0};
  alignas(64) T packed[kMaxPanelWidth * kMaxPanelWidth];
  for (std::int64_t col = 0; col < d_; col += width) {
    const std::int64_t columns = std::min(width, d_ - col);
    kernels_.tn(packed, d_transposed, {w_u_transposed.data + (col / width) * w_u_transposed.panel_stride, width, 0},
                classes_, columns, part, false);
    unpack_panel(BlockedView<T>{d_w_out + panel * width * d_, d_, d_, 0}, packed, part, col, d_, width, false);
  }
}

template <typename T>
void FoldedOutput<T>::collect_unembedding(T* d_w_u_transposed, std::int64_t panel, const T* sums) const {
  const std::int64_t width = kernels_.width;
  kernels_.nn({d_w_u_transposed, width, 0}, gradient_view(sums), matrices_.packed(w_out_) + panel * m_ * width,
              classes_, std::min(width, d_ - panel * width), m_, Epilogue<T>{});
}

template class FoldedOutput<float>;
template class FoldedOutput<double>;

}  // namespace groklab
