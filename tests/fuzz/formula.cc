// Formulas: whatever is taken has one spelling, which reads back as the same formula, and a table of small labels.
#include "groklab/config/formula.h"

#include "fuzz.h"
#include "groklab/task/formula_operation.h"

namespace groklab {
namespace {

constexpr std::int64_t kPrime = 13;

void run(std::string_view bytes) {
  const Formula formula = parse_formula(bytes);
  const std::string text = formula_text(formula);
  // A spelling may be longer than what is read: then it is refused, as it would be if somebody wrote it.
  if (text.size() > 1000) return;
  const Formula again = parse_formula(text);
  must_hold(again.numerator == formula.numerator && again.denominator == formula.denominator, "one spelling");
  must_hold(formula_text(again) == text, "the spelling of the spelling");
  const PolynomialTable above(formula.numerator, kPrime);
  for (std::int64_t x = 0; x < kPrime; ++x) {
    const std::int64_t value = above.value(x, kPrime - 1 - x);
    must_hold(value >= 0 && value < kPrime, "a residue");
  }
}

}  // namespace

const FuzzTarget& formula_target() {
  static const FuzzTarget target = {"formula",
                                    run,
                                    {"x", "y", "+", "-", "*", "/", "^", "**", "^-1", "(", ")", " mod 47", "(x + y)",
                                     "^2", "4611686018427387903", "1073741823", " "}};
  return target;
}

}  // namespace groklab
