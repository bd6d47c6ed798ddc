// An operation that the configuration writes as a formula over x and y.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/config/formula.h"
#include "groklab/task/operation.h"

namespace groklab {

/// A polynomial modulo p for all x and y below p, exactly: powers by repeated squaring, every product below p^2.
class PolynomialTable {
 public:
  PolynomialTable(const Polynomial& polynomial, std::int64_t modulus);
  std::int64_t value(std::int64_t x, std::int64_t y) const;  ///< 0 to p-1

 private:
  struct Term {
    std::vector<std::int64_t> x, y;  ///< [p] coefficient x^a; y^b
  };
  std::int64_t modulus_;
  std::vector<Term> terms_;
};

/// base^exponent modulo p, for 0 <= base < p and p below 2^31.
std::int64_t power_modulo(std::int64_t base, std::int64_t exponent, std::int64_t p);

const OperationDescriptor& formula_operation();

}  // namespace groklab
