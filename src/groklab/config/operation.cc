// See operation.h.
#include "groklab/config/operation.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/config/component.h"
#include "groklab/config/formula.h"

namespace groklab {
namespace {

constexpr std::string_view kOperation = "task.operation";

/// Formulas of operations in their one spelling, with the operations' names.
const std::vector<std::pair<std::string, std::string>>& known_formulas() {
  static const std::vector<std::pair<std::string, std::string>> known = [] {
    std::vector<std::pair<std::string, std::string>> all;
    for (const ComponentSpec* component : components_of(kOperation)) {
      if (!component->formula.empty())
        all.emplace_back(formula_text(parse_formula(component->formula)), component->name);
    }
    return all;
  }();
  return known;
}

bool is_known_name(const std::string& operation) {
  if (operation == kFormulaOperation) return false;
  for (const ComponentSpec* component : component_specs()) {
    if (component->choice == kOperation && component->name == operation) return true;
  }
  return false;
}

/// The name of the operation whose formula it is, else the formula.
std::string name_or_formula(const Formula& formula) {
  const std::string text = formula_text(formula);
  for (const auto& [known, name] : known_formulas()) {
    if (known == text) return name;
  }
  return text;
}

}  // namespace

std::string operation_name(const std::string& operation) {
  if (is_known_name(operation)) return operation;
  if (!looks_like_formula(operation)) return "";
  const std::string name = name_or_formula(parse_formula(operation));
  return is_known_name(name) ? name : std::string(kFormulaOperation);
}

void resolve_operation(TaskConfig& task) {
  if (is_known_name(task.operation) || !looks_like_formula(task.operation)) return;
  const Formula formula = parse_formula(task.operation);
  if (formula.modulus) {
    const std::int64_t modulus = *formula.modulus;
    if (task.modulus != modulus && task.modulus != TaskConfig{}.modulus) {
      fail(ErrorKind::kConfig, "task.modulus = {}: expected {}, as task.operation = \"{}\" says, found {}",
           task.modulus, modulus, task.operation, task.modulus);
    }
    task.modulus = modulus;
  }
  task.operation = name_or_formula(formula);
}

}  // namespace groklab
