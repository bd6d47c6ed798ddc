// A penalty that a caller brings as a function: of no configuration, and of no use to whoever has that alone.
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "groklab/exec/flush_denormals.h"
#include "groklab/optim/penalty.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Adds d penalty / d parameters; both [layout.total()] in the layout's order, the gradient zero at first and its
/// padding afterwards too.
using PenaltyFunction = std::function<void(std::span<const double> parameters, std::span<double> gradient)>;

/// Has no value that anyone knows. The function runs on the calling thread, in the host's floating-point mode.
template <typename T>
class OwnPenalty final : public Penalty<T> {
 public:
  OwnPenalty(PenaltyFunction function, const ParameterLayout& layout)
      : function_(std::move(function)), values_(static_cast<std::size_t>(layout.total())), added_(values_.size()) {}

  void add_gradient(T* gradient, const T* parameters, ThreadPool&) override {
    values_.assign(parameters, parameters + values_.size());
    added_.assign(values_.size(), 0.0);
    {
      const KeepDenormals mode_of_the_host;
      function_(values_, added_);
    }
    for (std::size_t i = 0; i < added_.size(); ++i) gradient[i] += static_cast<T>(added_[i]);
  }

  double value(const T*) const override { return std::numeric_limits<double>::quiet_NaN(); }

 private:
  PenaltyFunction function_;
  std::vector<double> values_, added_;
};

}  // namespace groklab
