// One training step after the gradient of the loss is known: penalties, the optimiser, constraints, and what they keep.
#pragma once

#include <memory>
#include <vector>

#include "groklab/optim/constraint.h"
#include "groklab/optim/optimizer.h"
#include "groklab/optim/penalty.h"

namespace groklab {

/// Not copyable or movable: its parts refer to its buffers.
template <typename T>
class Stepper {
 public:
  /// `layout` and `kernels` outlive it. Throws Error(kConfig) if globs in the config match no tensor.
  Stepper(const Config& config, const ParameterLayout& layout, const Kernels<T>& kernels);
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// All buffers become zero.
  void reset();
  /// Takes an update whose gradients are the loss' alone: adds the penalties' to them, lets the optimiser act, then the
  /// constraints. Returns ||delta theta||^2 of all that if wanted, else 0.
  double step(const Update<T>& update);

  /// One more penalty, after those of the configuration and in the place of an earlier such one; null: none.
  void set_own_penalty(std::unique_ptr<Penalty<T>> penalty);

  /// What joins the loss in the objective at which a full-batch run comes to rest: the optimiser's decay term, and
  /// penalties in its value. NaN under a constraint, or where the optimiser has none.
  DecayTerm decay_term(const T* parameters) const;

  /// Named, layout.total() numbers each.
  StateBuffers<T>& buffers() { return buffers_; }
  const StateBuffers<T>& buffers() const { return buffers_; }

 private:
  void add_penalties(T* gradient, const T* parameters, ThreadPool& pool);
  double optimise(const Update<T>& update);

  const Config config_;
  const ParameterLayout& layout_;
  StateBuffers<T> buffers_;
  std::vector<std::unique_ptr<Penalty<T>>> penalties_;
  bool has_own_penalty_ = false;  ///< the last of them
  std::vector<std::unique_ptr<Constraint<T>>> constraints_;
  std::unique_ptr<Optimizer<T>> optimizer_;
  AlignedBuffer<T> before_;  ///< parameters before an update that is measured, if there are constraints
};

}  // namespace groklab
