// See task_group.h.
#include "groklab/probe/task_group.h"

#include <numeric>

#include "groklab/task/modular.h"
#include "groklab/task/operation.h"

namespace groklab {
namespace {

/// Exponent of each unit to the base of a primitive root; -1 for 0.
std::vector<std::int32_t> discrete_logarithms(std::int64_t p) {
  std::vector<std::int32_t> logarithm(static_cast<std::size_t>(p), -1);
  const std::int64_t g = primitive_root(p);
  for (std::int64_t power = 1, k = 0; k < p - 1; ++k, power = power * g % p) {
    logarithm[static_cast<std::size_t>(power)] = static_cast<std::int32_t>(k);
  }
  return logarithm;
}

std::vector<std::int32_t> identity_map(std::int64_t n) {
  std::vector<std::int32_t> map(static_cast<std::size_t>(n));
  std::iota(map.begin(), map.end(), 0);
  return map;
}

/// What the second symbol does in the product.
enum class Second { kNone, kItself, kInverse };

Second second_factor(GroupLaw law) {
  if (law == GroupLaw::kProduct) return Second::kItself;
  return law == GroupLaw::kQuotient ? Second::kInverse : Second::kNone;
}

}  // namespace

std::int64_t primitive_root(std::int64_t p) {
  for (std::int64_t g = 1; g < p; ++g) {
    std::int64_t order = 1;
    for (std::int64_t value = g; value != 1; value = value * g % p) ++order;
    if (order == p - 1) return g;
  }
  return 1;
}

std::optional<TaskGroup> task_group(const TaskConfig& config, const Task& task) {
  TaskGroup result;
  const std::int64_t p = config.modulus;
  const Invariance& invariance = operation_descriptor(config.operation).invariance;
  const bool multiplies = invariance.symbols == SymbolGroup::kUnits;
  const bool units = multiplies && is_prime(p) && p > 2;
  if (invariance.symbols == SymbolGroup::kNone) return std::nullopt;
  if (invariance.symbols == SymbolGroup::kTaskGroup) {
    result.group = make_group(config.group, config.group_degree, config.composition);
    result.basis = group_basis(config.group, config.group_degree, config.composition);
    result.element_of_symbol = result.element_of_class = identity_map(task.n_symbols);
  } else {
    const std::int64_t order = units ? p - 1 : p;
    result.group = make_group(GroupKind::kCyclic, order, Composition::kRightFirst);
    result.basis = cyclic_basis(order);
    result.element_of_symbol = result.element_of_class = units ? discrete_logarithms(p) : identity_map(p);
  }
  Config clean;
  clean.task = config;
  clean.task.labels = LabelKind::kTrue;
  clean.task.corrupted_fraction = 0;
  const Task true_task = make_task(resolve_config(clean));
  for (const std::int32_t label : true_task.labels) {
    result.label_of_row.push_back(result.element_of_class[static_cast<std::size_t>(label)]);
  }
  const Second second = second_factor(invariance.law);
  // x y and x / y of a composite modulus are products in no group.
  if (second == Second::kNone || (multiplies && !units)) return result;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto element = [&](std::int64_t i) {
      return result.element_of_symbol[static_cast<std::size_t>(task.inputs[static_cast<std::size_t>(2 * row + i)])];
    };
    const std::int32_t y = element(1);
    result.factor_x.push_back(element(0));
    result.factor_y.push_back(second == Second::kInverse && y >= 0 ? result.group.inverse(y) : y);
  }
  return result;
}

}  // namespace groklab
