// The modular operations of Power et al. 2022 (arXiv:2201.02177), for any modulus.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/task.h"

namespace groklab {

/// Arithmetic modulo p with the inverses looked up (empty if the modulus is not prime).
struct Residues {
  std::int64_t modulus;
  std::vector<std::int64_t> inverse;  ///< [p]; inverse[0] is unused
};

struct ModularOperation {
  Operation operation;
  const char* formula;  ///< part of the task's name
  bool needs_prime;     ///< uses the inverse of y
  bool skips_zero_y;    ///< rows with y = 0 have no value and are left out
  std::int64_t (*value)(std::int64_t x, std::int64_t y, const Residues& residues);  ///< any sign, before reduction
};

/// Every modular operation, one line each.
std::span<const ModularOperation> modular_operations();

bool is_prime(std::int64_t n);

/// Throws Error(kConfig) for a modulus out of range, or composite where the operation divides.
Task make_modular_task(const TaskConfig& config);

}  // namespace groklab
