// See blocks.h.
#include "groklab/model/blocks.h"

#include <algorithm>

namespace groklab {

std::int64_t choose_tile_rows(std::int64_t numbers_per_row, std::int64_t bytes_per_number) {
  const std::int64_t rows = 700 * 1024 / (numbers_per_row * bytes_per_number);
  return std::clamp(rows / 16 * 16, std::int64_t{48}, std::int64_t{256});
}

template <typename T>
MlpBlock<T>::MlpBlock(const ModelConfig& config, const ParameterLayout& layout, const std::string& prefix,
                      MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : kernels_(kernels),
      matrices_(matrices),
      activation_(config.activation),
      d_model_(config.d_model),
      d_mlp_(config.d_mlp),
      has_bias_(config.biases != Biases::kNone),
      w_in_(matrices.add_matrix(plain_matrix(layout.at(prefix + "W_in")), {})),
      w_out_(matrices.add_matrix(plain_matrix(layout.at(prefix + "W_out")), {})) {
  if (has_bias_) {
    const TensorSpec& b_in = layout.at(prefix + "b_in");
    const TensorSpec& b_out = layout.at(prefix + "b_out");
    b_in_ = matrices.add_vector(b_in);
    b_out_ = matrices.add_vector(b_out);
    b_in_at_ = b_in.offset;
    b_out_at_ = b_out.offset;
  }
}

template <typename T>
void MlpBlock<T>::forward(PanelView<T> out, PanelView<T> hidden, PanelView<T> before, PanelView<const T> in,
                          PanelView<const T> residual, const T* parameters, std::int64_t rows,
                          const FilteredTile<T>& filter) const {
  Epilogue<T> into_hidden;
  into_hidden.bias = has_bias_ ? parameters + b_in_at_ : nullptr;
  if (keeps_before()) {
    kernels_.nn(before, in, matrices_.packed(w_in_), rows, d_mlp_, d_model_, into_hidden);
    kernels_.activate(hidden, constant(before), rows, d_mlp_, activation_);
  } else {
    into_hidden.kind = EpilogueKind::kRelu;
    kernels_.nn(hidden, in, matrices_.packed(w_in_), rows, d_mlp_, d_model_, into_hidden);
  }
  filter.forward(hidden);
  Epilogue<T> into_out;
  into_out.bias = has_bias_ ? parameters + b_out_at_ : nullptr;
  into_out.addend = residual;
  kernels_.nn(out, constant(hidden), matrices_.packed(w_out_), rows, d_model_, d_mlp_, into_out);
}

template <typename T>
void MlpBlock<T>::backward(PanelView<T> d_in, PanelView<const T> d_out, PanelView<const T> in, PanelView<T> hidden,
                           PanelView<const T> before, PanelView<const T> addend, T* accumulator, bool first,
                           std::int64_t rows, const FilteredTile<T>& filter) const {
  kernels_.tn(accumulator + matrices_.gradient_at(w_out_), constant(hidden), d_out, rows, d_model_, d_mlp_, !first);
  if (has_bias_) kernels_.column_sums(accumulator + matrices_.gradient_at(b_out_), d_out, rows, d_model_, true);
  // The activations are no longer needed: their place takes the gradient before the activation.
  Epilogue<T> mask;
  if (!keeps_before()) mask.kind = EpilogueKind::kReluMask;
  kernels_.nn(hidden, d_out, matrices_.packed_transposed(w_out_), rows, d_mlp_, d_model_, mask);
  filter.backward(hidden);
  if (keeps_before()) kernels_.activate_gradient(hidden, before, rows, d_mlp_, activation_);
  kernels_.tn(accumulator + matrices_.gradient_at(w_in_), in, constant(hidden), rows, d_mlp_, d_model_, !first);
  if (has_bias_) kernels_.column_sums(accumulator + matrices_.gradient_at(b_in_), constant(hidden), rows, d_mlp_, true);
  Epilogue<T> add;
  add.addend = addend;
  kernels_.nn(d_in, constant(hidden), matrices_.packed_transposed(w_in_), rows, d_model_, d_mlp_, add);
}

template <typename T>
Unembedding<T>::Unembedding(const ModelConfig& config, const ParameterLayout& layout, std::int64_t d_in,
                            std::int64_t classes, MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : kernels_(kernels), matrices_(matrices), d_in_(d_in), classes_(classes) {
  typename MatrixSet<T>::Use use;
  use.shared = config.tied_embeddings;
  w_u_ = matrices.add_matrix(
      config.tied_embeddings ? transposed(layout.at("embed.W_E"), classes) : plain_matrix(layout.at("unembed.W_U")),
      use);
  if (const TensorSpec* b_u = layout.find("unembed.b_U")) {
    has_bias_ = true;
    b_u_ = matrices.add_vector(*b_u);
    b_u_at_ = b_u->offset;
  }
}

template <typename T>
void Unembedding<T>::forward(PanelView<T> logits, PanelView<const T> x, const T* parameters, std::int64_t rows) const {
  Epilogue<T> epilogue;
  epilogue.bias = has_bias_ ? parameters + b_u_at_ : nullptr;
  kernels_.nn(logits, x, matrices_.packed(w_u_), rows, classes_, d_in_, epilogue);
}

template <typename T>
void Unembedding<T>::backward(PanelView<T> dx, PanelView<const T> d_logits, PanelView<const T> x, T* accumulator,
                              bool first, std::int64_t rows) const {
  kernels_.tn(accumulator + matrices_.gradient_at(w_u_), x, d_logits, rows, classes_, d_in_, !first);
  if (has_bias_) kernels_.column_sums(accumulator + matrices_.gradient_at(b_u_), d_logits, rows, classes_, true);
  kernels_.nn(dx, d_logits, matrices_.packed_transposed(w_u_), rows, d_in_, classes_, Epilogue<T>{});
}

template class MlpBlock<float>;
template class MlpBlock<double>;
template class Unembedding<float>;
template class Unembedding<double>;

}  // namespace groklab
