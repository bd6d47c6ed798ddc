// Which instruction set computes a run. Sums round differently on each, so a run that changes it in the middle has a
// result that no uninterrupted run has.
#pragma once

#include <string>

#include "groklab/store/store.h"

namespace groklab {

struct RunArithmetic {
  std::string name;         ///< what computes from now on
  bool is_another = false;  ///< than the one that computed the run so far
};

/// Of a new run: `wanted`, or the machine's best if that is "". Throws Error(kConfig) if the machine has it not.
RunArithmetic arithmetic_of_new_run(const std::string& wanted);

/// Of a run that goes on: its own, unless another is `wanted`. Throws Error(kStore) if this machine has not the run's
/// own and none is wanted, and Error(kConfig) as above.
RunArithmetic arithmetic_of_stored_run(const RunInfo& info, const std::string& wanted);

/// Of a state that is computed again: the run's own, or the machine's best where it has not that one; then is_another.
RunArithmetic arithmetic_of_past_state(const RunInfo& info);

}  // namespace groklab
