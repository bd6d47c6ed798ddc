// Formulas over x and y, as users write them for task.operation: "x^3 + x*y mod 47". A formula is kept as a quotient of
// two polynomials with whole coefficients, multiplied out, so that formulas that differ in their spelling alone are
// one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// coefficient x^x_power y^y_power.
struct FormulaTerm {
  std::int64_t coefficient = 0;
  std::int64_t x_power = 0, y_power = 0;

  friend bool operator==(const FormulaTerm&, const FormulaTerm&) = default;
};

/// Sorted by degree, then by the power of x, highest first; no coefficient is 0.
using Polynomial = std::vector<FormulaTerm>;

/// A pair (x, y) has a value where the denominator is not 0: it holds every divisor of the formula.
struct Formula {
  Polynomial numerator, denominator;
  std::optional<std::int64_t> modulus;  ///< "mod 47"

  bool divides() const;  ///< by more than 1
};

/// The grammar, blanks between all signs allowed:
///   formula = sum [ "mod" number ] .   sum = product { ( "+" | "-" ) product } .
///   product = factor { [ "*" | "/" ] factor } , without a sign only before x, y or a bracket, and not behind "/" .
///   factor = "-" factor | atom [ ( "^" | "**" ) [ "-" ] number ] .   atom = number | "x" | "y" | "(" sum ")" .
/// Throws Error(kConfig) "formula "...": at N: expected ..., found ...", N the column from 1; also for more than 100
/// terms, coefficients of 2^62 and powers of 2^30 and more, and for a formula with neither x nor y.
Formula parse_formula(std::string_view text);

/// The one spelling of the formula, without its modulus: "x^3 + x*y", "(x + 1)/(2*y)".
std::string formula_text(const Formula& formula);

/// Whether a value of task.operation was meant as a formula, not as a name.
bool looks_like_formula(std::string_view text);

}  // namespace groklab
