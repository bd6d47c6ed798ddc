// What an optimiser is: it turns a gradient into new parameters. One source file each; see optimizers().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/optim/decay_term.h"
#include "groklab/optim/descriptor.h"

namespace groklab {

/// One update of the parameters.
template <typename T>
struct Update {
  T* parameters;                ///< changed in place; padding stays zero
  T* gradient;                  ///< of the loss and of penalties at `parameters`; may be used as working memory
  double learning_rate;         ///< warm-up and schedule included
  std::int64_t optimizer_step;  ///< 1-based, counts a fork's parent too: for bias corrections
  std::int64_t run_step;        ///< 1-based, of this run
  bool want_norm;
  ThreadPool& pool;
  /// The same gradient on the same batch at other parameters. Valid until the next call; `gradient` stays as it is.
  /// What it finds not finite ends the run after this update.
  const std::function<T*(const T* parameters)>& gradient_at;
};

template <typename T>
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// Returns ||delta theta||^2 if wanted, else 0. The same bits for any number of threads.
  virtual double update(const Update<T>& update) = 0;
  /// R of the decayed tensors, such that the fixed points of a full-batch run are stationary points of loss + R. NaN if
  /// no such term is known.
  virtual DecayTerm decay_term(const T* parameters) const {
    static_cast<void>(parameters);
    return kNoDecayTerm;
  }
};

using OptimizerDescriptor = StepDescriptor<Optimizer>;

/// All optimisers. Defined in components/table.cc.
const std::vector<const OptimizerDescriptor*>& optimizers();

/// Throws Error(kConfig) for an unknown name.
const OptimizerDescriptor& optimizer_named(std::string_view name);

}  // namespace groklab
