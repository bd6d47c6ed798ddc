// Exact arithmetic of polynomials in x and y with whole coefficients.
#pragma once

#include "groklab/config/formula.h"

namespace groklab {

/// Nothing: more than 100 terms, a coefficient of 2^62 or a power of 2^30 and more.
std::optional<Polynomial> sum_of(const Polynomial& a, const Polynomial& b);
std::optional<Polynomial> product_of(const Polynomial& a, const Polynomial& b);
std::optional<Polynomial> power_of(const Polynomial& a, std::int64_t exponent);
Polynomial negated(Polynomial a);
/// "x^3 + x*y - 2"; "0" for no terms.
std::string polynomial_text(const Polynomial& a);

}  // namespace groklab
