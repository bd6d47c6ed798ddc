// Modular operations: the table of formulas, inverses modulo a prime, and the table of rows.
#include "groklab/task/operations.h"

#include <fmt/format.h>

#include "groklab/base/error.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

using I = std::int64_t;

I divided(I x, I y, const Residues& residues) { return x * residues.inverse[static_cast<std::size_t>(y)]; }

// Values stay below 2 p^3 + p < 2^63 because p <= kMaxSymbols.
constexpr ModularOperation kModularOperations[] = {
    {Operation::kAdd, "x + y", false, false, [](I x, I y, const Residues&) { return x + y; }},
    {Operation::kSubtract, "x - y", false, false, [](I x, I y, const Residues&) { return x - y; }},
    {Operation::kMultiply, "x y", false, false, [](I x, I y, const Residues&) { return x * y; }},
    {Operation::kDivide, "x / y", true, true, divided},
    {Operation::kDivideOrSubtract, "x / y if y is odd else x - y", true, false,
     [](I x, I y, const Residues& residues) { return y % 2 == 1 ? divided(x, y, residues) : x - y; }},
    {Operation::kSumOfSquares, "x^2 + y^2", false, false, [](I x, I y, const Residues&) { return x * x + y * y; }},
    {Operation::kQuadratic, "x^2 + x y + y^2", false, false,
     [](I x, I y, const Residues&) { return x * x + x * y + y * y; }},
    {Operation::kQuadraticPlusX, "x^2 + x y + y^2 + x", false, false,
     [](I x, I y, const Residues&) { return x * x + x * y + y * y + x; }},
    {Operation::kCubic, "x^3 + x y", false, false, [](I x, I y, const Residues&) { return x * x * x + x * y; }},
    {Operation::kCubicPlusY, "x^3 + x y^2 + y", false, false,
     [](I x, I y, const Residues&) { return x * x * x + x * y * y + y; }},
};

// From p = q i + r follows i^-1 = -q r^-1 (mod p), so each inverse needs one that is known already.
std::vector<I> inverses_modulo(I p) {
  std::vector<I> inverse(static_cast<std::size_t>(p), 0);
  inverse[1] = 1;
  for (I i = 2; i < p; ++i) {
    inverse[static_cast<std::size_t>(i)] = (p - p / i) * inverse[static_cast<std::size_t>(p % i)] % p;
  }
  return inverse;
}

const ModularOperation& find_operation(Operation operation) {
  for (const ModularOperation& entry : kModularOperations) {
    if (entry.operation == operation) return entry;
  }
  fail(ErrorKind::kInternal, "internal: operation {} is not modular", static_cast<int>(operation));
}

}  // namespace

std::span<const ModularOperation> modular_operations() { return kModularOperations; }

bool is_prime(std::int64_t n) {
  if (n < 2) return false;
  for (I d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

Task make_modular_task(const TaskConfig& config) {
  const ModularOperation& operation = find_operation(config.operation);
  const I p = config.modulus;
  if (p < 2 || p > kMaxSymbols) {
    fail(ErrorKind::kConfig, "task.modulus: expected 2..{} (at most {} rows), found {}", kMaxSymbols, kMaxRows, p);
  }
  Residues residues{p, {}};
  if (operation.needs_prime) {
    if (!is_prime(p)) {
      fail(ErrorKind::kConfig, "task.modulus: expected a prime because the operation {} divides, found {}",
           operation.formula, p);
    }
    residues.inverse = inverses_modulo(p);
  }
  Task task = pair_table(p, [&](I x, I y) {
    if (operation.skips_zero_y && y == 0) return kNoLabel;
    const I remainder = operation.value(x, y, residues) % p;
    return static_cast<std::int32_t>(remainder < 0 ? remainder + p : remainder);
  });
  task.name = fmt::format("{} mod {}", operation.formula, p);
  task.symbol_names = number_names(p);
  return task;
}

}  // namespace groklab
