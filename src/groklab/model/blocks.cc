// See blocks.h.
#include "groklab/model/blocks.h"

#include <algorithm>

namespace groklab {

std::int64_t choose_tile_rows(std::int64_t numbers_per_row, std::int64_t bytes_per_number) {
  const std::int64_t rows = 700 * 1024 / (numbers_per_row * bytes_per_number);
  return std::clamp(rows / 16 * 16, std::int64_t{48}, std::int64_t{512});
}

template <typename T>
MlpInput<T>::MlpInput(const ModelConfig& config, const ParameterLayout& layout, const std::string& prefix,
                      MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : kernels_(kernels),
      matrices_(matrices),
      d_model_(config.d_model),
      d_mlp_(config.d_mlp),
      w_in_(matrices.add_matrix(plain_matrix(layout.at(prefix + "W_in")), {})) {
  if (const TensorSpec* b_in = layout.find(prefix + "b_in")) {
    b_in_ = matrices.add_vector(*b_in);
    b_in_at_ = b_in->offset;
  }
}

template <typename T>
void MlpInput<T>::forward(PanelView<T> out, PanelView<const T> in, const T* parameters, bool relu,
                          std::int64_t rows) const {
  Epilogue<T> epilogue;
  epilogue.bias = b_in_at_ >= 0 ? parameters + b_in_at_ : nullptr;
  if (relu) epilogue.kind = EpilogueKind::kRelu;
  kernels_.nn(out, in, matrices_.packed(w_in_), rows, d_mlp_, d_model_, epilogue);
}

template <typename T>
void MlpInput<T>::backward(PanelView<T> d_in, PanelView<const T> d_out, PanelView<const T> in,
                           PanelView<const T> addend, T* accumulator, bool first, std::int64_t rows) const {
  kernels_.tn(accumulator + matrices_.gradient_at(w_in_), in, d_out, rows, d_mlp_, d_model_, !first);
  if (b_in_at_ >= 0) kernels_.column_sums(accumulator + matrices_.gradient_at(b_in_), d_out, rows, d_mlp_, true);
  Epilogue<T> add;
  add.addend = addend;
  kernels_.nn(d_in, d_out, matrices_.packed_transposed(w_in_), rows, d_model_, d_mlp_, add);
}

template <typename T>
MlpOutput<T>::MlpOutput(const ModelConfig& config, const ParameterLayout& layout, const std::string& prefix,
                        MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : kernels_(kernels),
      matrices_(matrices),
      d_model_(config.d_model),
      d_mlp_(config.d_mlp),
      w_out_(matrices.add_matrix(plain_matrix(layout.at(prefix + "W_out")), {})) {
  if (const TensorSpec* b_out = layout.find(prefix + "b_out")) {
    b_out_ = matrices.add_vector(*b_out);
    b_out_at_ = b_out->offset;
  }
}

template <typename T>
void MlpOutput<T>::forward(PanelView<T> out, PanelView<const T> hidden, PanelView<const T> residual,
                           const T* parameters, std::int64_t rows) const {
  Epilogue<T> epilogue;
  epilogue.bias = b_out_at_ >= 0 ? parameters + b_out_at_ : nullptr;
  epilogue.addend = residual;
  kernels_.nn(out, hidden, matrices_.packed(w_out_), rows, d_model_, d_mlp_, epilogue);
}

template <typename T>
void MlpOutput<T>::backward(PanelView<T> hidden, PanelView<const T> d_out, bool relu, T* accumulator, bool first,
                            std::int64_t rows) const {
  kernels_.tn(accumulator + matrices_.gradient_at(w_out_), constant(hidden), d_out, rows, d_model_, d_mlp_, !first);
  if (b_out_at_ >= 0) kernels_.column_sums(accumulator + matrices_.gradient_at(b_out_), d_out, rows, d_model_, true);
  // The activations are no longer needed: their place takes the gradient.
  Epilogue<T> mask;
  if (relu) mask.kind = EpilogueKind::kReluMask;
  kernels_.nn(hidden, d_out, matrices_.packed_transposed(w_out_), rows, d_mlp_, d_model_, mask);
}

template <typename T>
void MlpBlock<T>::forward(PanelView<T> out, PanelView<T> hidden, PanelView<T> before, PanelView<const T> in,
                          PanelView<const T> residual, const T* parameters, std::int64_t rows,
                          const FilteredTile<T>& filter) const {
  input_.forward(keeps_before() ? before : hidden, in, parameters, !keeps_before(), rows);
  if (keeps_before()) kernels_.activate(hidden, constant(before), rows, d_mlp_, activation_);
  filter.forward(hidden);
  output_.forward(out, constant(hidden), residual, parameters, rows);
}

template <typename T>
void MlpBlock<T>::backward(PanelView<T> d_in, PanelView<const T> d_out, PanelView<const T> in, PanelView<T> hidden,
                           PanelView<const T> before, PanelView<const T> addend, T* accumulator, bool first,
                           std::int64_t rows, const FilteredTile<T>& filter) const {
  output_.backward(hidden, d_out, !keeps_before(), accumulator, first, rows);
  filter.backward(hidden);
  if (keeps_before()) kernels_.activate_gradient(hidden, before, rows, d_mlp_, activation_);
  input_.backward(d_in, constant(hidden), in, addend, accumulator, first, rows);
}

template <typename T>
void multiply_to_classes(const Kernels<T>& kernels, PanelView<T> c, PanelView<const T> a, const T* packed,
                         const T* packed_transposed, std::int64_t rows, std::int64_t n, std::int64_t depth,
                         const Epilogue<T>& epilogue) {
  // p = 113 has one column behind 112: as a vector it would cost as much as 16, 1/8 of the product.
  constexpr std::int64_t kMostSingleColumns = 3;
  const std::int64_t behind = n % kernels.lanes;
  const std::int64_t whole = behind <= kMostSingleColumns ? n - behind : n;
  kernels.nn(c, a, packed, rows, whole, depth, epilogue);
  if (whole < n)
    kernels.nt(c, a, {packed_transposed, kernels.width, n * kernels.width}, rows, whole, n, depth, epilogue);
}

MatrixPlace unembedding_place(const ModelConfig& config, const ParameterLayout& layout, std::int64_t classes) {
  return config.tied_embeddings ? transposed(layout.at("embed.W_E"), classes) : plain_matrix(layout.at("unembed.W_U"));
}

template <typename T>
Unembedding<T>::Unembedding(const ModelConfig& config, const ParameterLayout& layout, std::int64_t d_in,
                            std::int64_t classes, MatrixSet<T>& matrices, const Kernels<T>& kernels)
    : kernels_(kernels), matrices_(matrices), d_in_(d_in), classes_(classes) {
  typename MatrixSet<T>::Use use;
  use.shared = config.tied_embeddings;
  use.transposed_gradient = true;  // its columns are whole vectors, which the classes seldom are
  w_u_ = matrices.add_matrix(unembedding_place(config, layout, classes), use);
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
  multiply_to_classes(kernels_, logits, x, matrices_.packed(w_u_), matrices_.packed_transposed(w_u_), rows, classes_,
                      d_in_, epilogue);
}

template <typename T>
void Unembedding<T>::backward_in_place(PanelView<T> x, PanelView<const T> d_logits, const Epilogue<T>& epilogue,
                                       T* accumulator, bool first, std::int64_t rows) const {
  kernels_.tn(accumulator + matrices_.gradient_at(w_u_), d_logits, constant(x), rows, d_in_, classes_, !first);
  if (has_bias_) kernels_.column_sums(accumulator + matrices_.gradient_at(b_u_), d_logits, rows, classes_, true);
  kernels_.nn(x, d_logits, matrices_.packed_transposed(w_u_), rows, d_in_, classes_, epilogue);
}

template <typename T>
void Unembedding<T>::backward(PanelView<T> dx, PanelView<const T> d_logits, PanelView<const T> x, T* accumulator,
                              bool first, std::int64_t rows) const {
  kernels_.tn(accumulator + matrices_.gradient_at(w_u_), d_logits, x, rows, d_in_, classes_, !first);
  if (has_bias_) kernels_.column_sums(accumulator + matrices_.gradient_at(b_u_), d_logits, rows, classes_, true);
  kernels_.nn(dx, d_logits, matrices_.packed_transposed(w_u_), rows, d_in_, classes_, Epilogue<T>{});
}

template class MlpInput<float>;
template class MlpInput<double>;
template class MlpOutput<float>;
template class MlpOutput<double>;
template class MlpBlock<float>;
template class MlpBlock<double>;
template void multiply_to_classes(const Kernels<float>&, PanelView<float>, PanelView<const float>, const float*,
                                  const float*, std::int64_t, std::int64_t, std::int64_t, const Epilogue<float>&);
template void multiply_to_classes(const Kernels<double>&, PanelView<double>, PanelView<const double>, const double*,
                                  const double*, std::int64_t, std::int64_t, std::int64_t, const Epilogue<double>&);
template class Unembedding<float>;
template class Unembedding<double>;

}  // namespace groklab
