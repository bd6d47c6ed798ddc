// What a constraint is: it changes the parameters after each update and leaves the optimiser's buffers alone. It is
// switched on by its own keys; several may be on.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/optim/descriptor.h"

namespace groklab {

template <typename T>
class Constraint {
 public:
  virtual ~Constraint() = default;
  /// After update `run_step` (1-based) of this run.
  virtual void apply(T* parameters, std::int64_t run_step, ThreadPool& pool) = 0;
};

using ConstraintDescriptor = StepDescriptor<Constraint>;

/// All constraints, in the order in which they are applied. Defined in components/table.cc.
const std::vector<const ConstraintDescriptor*>& constraints();

}  // namespace groklab
