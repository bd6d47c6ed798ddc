// LayerNorm with its parameters and gradient places.
#pragma once

#include <string>

#include "groklab/kernel/kernels.h"
#include "groklab/model/matrix_set.h"

namespace groklab {

template <typename T>
class LayerNorm {
 public:
  LayerNorm(const ParameterLayout& layout, const std::string& name, MatrixSet<T>& matrices, const Kernels<T>& kernels)
      : kernels_(&kernels),
        matrices_(&matrices),
        n_(layout.at(name + ".w").size),
        gain_at_(layout.at(name + ".w").offset),
        bias_at_(layout.at(name + ".b").offset),
        gain_(matrices.add_vector(layout.at(name + ".w"))),
        bias_(matrices.add_vector(layout.at(name + ".b"))) {}

  /// moments: [2 * capacity] numbers that keep mean and 1 / standard deviation per row.
  void forward(PanelView<T> y, T* moments, PanelView<const T> x, const T* parameters, std::int64_t rows) const {
    kernels_->layer_norm(y, moments, moments + rows, x, parameters + gain_at_, parameters + bias_at_, rows, n_);
  }
  void backward(PanelView<T> dx, PanelView<const T> dy, PanelView<const T> x, const T* moments, const T* parameters,
                T* accumulator, std::int64_t rows, bool accumulate) const {
    kernels_->layer_norm_backward(dx, accumulator + matrices_->gradient_at(gain_),
                                  accumulator + matrices_->gradient_at(bias_), dy, x, moments, moments + rows,
                                  parameters + gain_at_, rows, n_, accumulate);
  }

 private:
  const Kernels<T>* kernels_;
  const MatrixSet<T>* matrices_;
  std::int64_t n_, gain_at_, bias_at_;
  MatrixId gain_, bias_;
};

}  // namespace groklab
