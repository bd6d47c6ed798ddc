// Modular operations: the table of formulas, inverses modulo a prime, and the table of rows.
#include "groklab/task/modular.h"

#include <fmt/format.h>

#include <string_view>

#include "groklab/base/error.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

using I = std::int64_t;

constexpr Invariance kPolynomial = {SymbolGroup::kResidues, GroupLaw::kNone};

I divided(I x, I y, const Residues& residues) { return x * residues.inverse[static_cast<std::size_t>(y)]; }

// Values stay below 2 p^3 + p < 2^63 because p <= kMaxSymbols.
constexpr ModularOperation kModularOperations[] = {
    {"add",
     "x + y",
     false,
     false,
     {SymbolGroup::kResidues, GroupLaw::kProduct},
     [](I x, I y, const Residues&) { return x + y; }},
    {"subtract",
     "x - y",
     false,
     false,
     {SymbolGroup::kResidues, GroupLaw::kQuotient},
     [](I x, I y, const Residues&) { return x - y; }},
    {"multiply",
     "x y",
     false,
     false,
     {SymbolGroup::kUnits, GroupLaw::kProduct},
     [](I x, I y, const Residues&) { return x * y; }},
    {"divide", "x / y", true, true, {SymbolGroup::kUnits, GroupLaw::kQuotient}, divided},
    {"divide_or_subtract", "x / y if y is odd else x - y", true, false, kPolynomial,
     [](I x, I y, const Residues& residues) { return y % 2 == 1 ? divided(x, y, residues) : x - y; }},
    {"sum_of_squares", "x^2 + y^2", false, false, kPolynomial, [](I x, I y, const Residues&) { return x * x + y * y; }},
    {"quadratic", "x^2 + x y + y^2", false, false, kPolynomial,
     [](I x, I y, const Residues&) { return x * x + x * y + y * y; }},
    {"quadratic_plus_x", "x^2 + x y + y^2 + x", false, false, kPolynomial,
     [](I x, I y, const Residues&) { return x * x + x * y + y * y + x; }},
    {"cubic", "x^3 + x y", false, false, kPolynomial, [](I x, I y, const Residues&) { return x * x * x + x * y; }},
    {"cubic_plus_y", "x^3 + x y^2 + y", false, false, kPolynomial,
     [](I x, I y, const Residues&) { return x * x * x + x * y * y + y; }},
};

const ModularOperation& find_modular(std::string_view name) {
  for (const ModularOperation& entry : kModularOperations) {
    if (entry.name == name) return entry;
  }
  fail(ErrorKind::kInternal, "internal: operation {} is not modular", name);
}

// From p = q i + r follows i^-1 = -q r^-1 (mod p), so each inverse needs one that is known already.
std::vector<I> inverses_modulo(I p) {
  std::vector<I> inverse(static_cast<std::size_t>(p), 0);
  inverse[1] = 1;
  for (I i = 2; i < p; ++i) {
    inverse[static_cast<std::size_t>(i)] = (p - p / i) * inverse[static_cast<std::size_t>(p % i)] % p;
  }
  return inverse;
}

Task build_modular(const TaskConfig& config) {
  const ModularOperation& operation = find_modular(config.operation);
  const I p = config.modulus;
  Residues residues{p, {}};
  if (operation.needs_prime) residues.inverse = inverses_modulo(p);
  Task task = pair_table(p, [&](I x, I y) {
    if (operation.skips_zero_y && y == 0) return kNoLabel;
    const I remainder = operation.value(x, y, residues) % p;
    return static_cast<std::int32_t>(remainder < 0 ? remainder + p : remainder);
  });
  task.name = fmt::format("{} mod {}", operation.formula, p);
  task.symbol_names = number_names(p);
  return task;
}

std::optional<TaskSize> modular_size(const TaskConfig& config) {
  const I p = config.modulus;
  return TaskSize{p, p, 2, find_modular(config.operation).skips_zero_y ? p * (p - 1) : p * p};
}

void check_prime(const Config& config) {
  const I p = config.task.modulus, factor = smallest_factor(p);
  if (factor == p) return;
  refuse(config, "task.modulus",
         fmt::format("a prime for task.operation = {}, found {} * {}", config.task.operation, factor, p / factor));
}

std::string_view written_formula(const ModularOperation& operation) {
  const std::string_view formula = operation.formula;
  return formula.find("if") == formula.npos ? formula : std::string_view();
}

std::string meaning_of(const ModularOperation& operation) {
  const char* condition = operation.skips_zero_y  ? ", y not 0; p must be a prime"
                          : operation.needs_prime ? "; p must be a prime"
                                                  : "";
  return fmt::format("{} mod p{}", operation.formula, condition);
}

}  // namespace

std::span<const ModularOperation> modular_operations() { return kModularOperations; }

const std::vector<OperationDescriptor>& modular_descriptors() {
  static const std::vector<std::string> meanings = [] {
    std::vector<std::string> all;
    for (const ModularOperation& operation : kModularOperations) all.push_back(meaning_of(operation));
    return all;
  }();
  static const std::vector<OperationDescriptor> descriptors = [] {
    std::vector<OperationDescriptor> all;
    for (const ModularOperation& operation : kModularOperations) {
      all.push_back({.spec = {.choice = "task.operation",
                              .name = operation.name,
                              .meaning = meanings[all.size()],
                              .uses = {"task.modulus"},
                              .check = operation.needs_prime ? check_prime : nullptr,
                              .task_size = modular_size,
                              .task_label = modular_label,
                              .formula = written_formula(operation)},
                     .build = build_modular,
                     .invariance = operation.invariance});
    }
    return all;
  }();
  return descriptors;
}

std::int64_t smallest_factor(std::int64_t n) {
  for (I factor = 2; factor * factor <= n; ++factor) {
    if (n % factor == 0) return factor;
  }
  return n;
}

bool is_prime(std::int64_t n) { return n >= 2 && smallest_factor(n) == n; }

std::string modular_label(const TaskConfig& config) {
  return fmt::format("{} mod {}", config.operation, config.modulus);
}

}  // namespace groklab
