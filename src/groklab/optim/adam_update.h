// Adam's moments and update over some or all tensors: the part that AdamW and Adam share.
#pragma once

#include <vector>

#include "groklab/optim/optimizer.h"
#include "groklab/optim/tensor_choice.h"

namespace groklab {

/// Where weight decay acts: on the weights (AdamW), or as lambda/2 |theta|^2 in the loss (Adam).
enum class DecayPlace { kWeights, kLoss };

/// Keeps the buffers "adam.m" and "adam.v".
template <typename T>
class AdamUpdate {
 public:
  /// Of the chosen tensors.
  AdamUpdate(const StepSetup<T>& setup, DecayPlace place, const std::vector<bool>& chosen);
  AdamUpdate(const StepSetup<T>& setup, DecayPlace place)
      : AdamUpdate(setup, place, std::vector<bool>(setup.layout.tensors().size(), true)) {}

  double update(const Update<T>& update);
  /// Optimizer::decay_term.
  DecayTerm decay_term(const T* parameters) const;

 private:
  const OptimConfig config_;
  const Kernels<T>& kernels_;
  const DecayPlace place_;
  std::vector<TensorBlock> blocks_;
  std::vector<bool> decays_;
  AlignedBuffer<T>&m_, &v_;
};

}  // namespace groklab
