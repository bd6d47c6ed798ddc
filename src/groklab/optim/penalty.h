// What a penalty is: a term that joins the training loss and depends on the weights alone. It is switched on by its
// own keys; several may be on. Records show the loss and the gradient without it, as without weight decay.
#pragma once

#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/optim/descriptor.h"

namespace groklab {

template <typename T>
class Penalty {
 public:
  virtual ~Penalty() = default;
  /// gradient += d value / d parameters, or a subgradient where there is none. Padding stays zero.
  virtual void add_gradient(T* gradient, const T* parameters, ThreadPool& pool) = 0;
  virtual double value(const T* parameters) const = 0;
};

using PenaltyDescriptor = StepDescriptor<Penalty>;

/// All penalties, in the order in which their gradients are added. Defined in components/table.cc.
const std::vector<const PenaltyDescriptor*>& penalties();

}  // namespace groklab
