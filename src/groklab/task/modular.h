// The modular operations of Power et al. 2022 (arXiv:2201.02177), for any modulus.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/task/operation.h"

namespace groklab {

/// Arithmetic modulo p with the inverses looked up (empty if the operation does not divide).
struct Residues {
  std::int64_t modulus;
  std::vector<std::int64_t> inverse;  ///< [p]; inverse[0] is unused
};

struct ModularOperation {
  const char* name;
  const char* formula;    ///< part of the task's name; in the language of config/formula.h unless it has an "if"
  bool needs_prime;       ///< uses the inverse of y
  bool skips_zero_y;      ///< rows with y = 0 have no value and are left out
  Invariance invariance;  ///< for probes
  std::int64_t (*value)(std::int64_t x, std::int64_t y, const Residues& residues);  ///< any sign, before reduction
};

/// Every modular operation, one line each.
std::span<const ModularOperation> modular_operations();
/// Their descriptions, in the same order.
const std::vector<OperationDescriptor>& modular_descriptors();

/// The smallest divisor above 1; n itself for a prime. n >= 2.
std::int64_t smallest_factor(std::int64_t n);
bool is_prime(std::int64_t n);

/// "add mod 113".
std::string modular_label(const TaskConfig& config);

}  // namespace groklab
