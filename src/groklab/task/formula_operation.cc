// See formula_operation.h.
#include "groklab/task/formula_operation.h"

#include <fmt/format.h>

#include "groklab/base/error.h"
#include "groklab/config/operation.h"
#include "groklab/task/modular.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

using I = std::int64_t;

std::string label_of(const TaskConfig& config) { return fmt::format("{} mod {}", config.operation, config.modulus); }

Task build_formula(const TaskConfig& config) {
  const Formula formula = parse_formula(config.operation);
  const I p = config.modulus;
  const PolynomialTable above(formula.numerator, p), below(formula.denominator, p);
  std::vector<I> inverse(static_cast<std::size_t>(p), 0);  // of y: y^(p-2), as y^(p-1) is 1
  for (I y = 1; y < p && formula.divides(); ++y) inverse[static_cast<std::size_t>(y)] = power_modulo(y, p - 2, p);
  Task task = pair_table(p, [&](I x, I y) {
    if (!formula.divides()) return static_cast<std::int32_t>(above.value(x, y));
    const I divisor = below.value(x, y);
    if (divisor == 0) return kNoLabel;
    return static_cast<std::int32_t>(above.value(x, y) * inverse[static_cast<std::size_t>(divisor)] % p);
  });
  task.name = label_of(config);
  task.symbol_names = number_names(p);
  return task;
}

std::int64_t rows_of(const Formula& formula, I p) {
  if (!formula.divides()) return p * p;
  const PolynomialTable below(formula.denominator, p);
  I rows = 0;
  for (I x = 0; x < p; ++x) {
    for (I y = 0; y < p; ++y) rows += below.value(x, y) != 0 ? 1 : 0;
  }
  return rows;
}

std::optional<TaskSize> formula_size(const TaskConfig& config) {
  const I p = config.modulus;
  return TaskSize{p, p, 2, rows_of(parse_formula(config.operation), p)};
}

void check_formula(const Config& config) {
  const Formula formula = parse_formula(config.task.operation);
  if (!formula.divides()) return;
  const I p = config.task.modulus, factor = smallest_factor(p);
  if (factor != p) {
    refuse(config, "task.modulus",
           fmt::format("a prime for the division in task.operation = {}, found {} * {}", config.task.operation, factor,
                       p / factor));
  }
  if (rows_of(formula, p) == 0) {
    refuse(config, "task.operation", fmt::format("a divisor that is not 0 modulo {} for every x and y", p));
  }
}

}  // namespace

I power_modulo(I base, I exponent, I p) {
  I result = 1 % p;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = result * base % p;
    base = base * base % p;
  }
  return result;
}

PolynomialTable::PolynomialTable(const Polynomial& polynomial, I modulus) : modulus_(modulus) {
  for (const FormulaTerm& term : polynomial) {
    const I coefficient = (term.coefficient % modulus + modulus) % modulus;
    Term powers;
    for (I s = 0; s < modulus; ++s) {
      powers.x.push_back(coefficient * power_modulo(s, term.x_power, modulus) % modulus);
      powers.y.push_back(power_modulo(s, term.y_power, modulus));
    }
    terms_.push_back(std::move(powers));
  }
}

I PolynomialTable::value(I x, I y) const {
  I sum = 0;
  for (const Term& term : terms_) sum += term.x[static_cast<std::size_t>(x)] * term.y[static_cast<std::size_t>(y)];
  return sum % modulus_;
}

const OperationDescriptor& formula_operation() {
  static const OperationDescriptor descriptor = {
      .spec = {.choice = "task.operation",
               .name = kFormulaOperation,
               .meaning = "any formula over x and y, such as x^3 + 2*x*y mod 47 or (x + y)/(x - y)",
               .uses = {"task.modulus"},
               .check = check_formula,
               .task_size = formula_size,
               .task_label = label_of},
      .build = build_formula,
      .invariance = {SymbolGroup::kResidues, GroupLaw::kNone}};
  return descriptor;
}

}  // namespace groklab
