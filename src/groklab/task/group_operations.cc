// See group_operations.h: the table of formulas, and what all of them share.
#include "groklab/task/group_operations.h"

#include <fmt/format.h>

#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config/enum_names.h"
#include "groklab/task/groups.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

struct GroupOperation {
  const char* name;
  const char* formula;
  const char* meaning;
  GroupLaw law;
  std::int32_t (*value)(std::int64_t x, std::int64_t y, const FiniteGroup& group);
};

constexpr GroupOperation kGroupOperations[] = {
    {"group_product", "x y", "x y in the group task.group", GroupLaw::kProduct,
     [](std::int64_t x, std::int64_t y, const FiniteGroup& group) { return group.product(x, y); }},
    {"group_conjugate", "x y x^-1", "x y x^-1 in the group task.group", GroupLaw::kConjugate,
     [](std::int64_t x, std::int64_t y, const FiniteGroup& group) {
       return group.product(group.product(x, y), group.inverse(x));
     }},
    {"group_sandwich", "x y x", "x y x in the group task.group", GroupLaw::kSandwich,
     [](std::int64_t x, std::int64_t y, const FiniteGroup& group) { return group.product(group.product(x, y), x); }},
};

const GroupOperation& find_group_operation(std::string_view name) {
  for (const GroupOperation& entry : kGroupOperations) {
    if (entry.name == name) return entry;
  }
  fail(ErrorKind::kInternal, "internal: operation {} is not a group operation", name);
}

Task build_group_task(const TaskConfig& config) {
  const GroupOperation& operation = find_group_operation(config.operation);
  const FiniteGroup group = make_group(config.group, config.group_degree, config.composition);
  Task task = pair_table(group.order, [&](std::int64_t x, std::int64_t y) { return operation.value(x, y, group); });
  task.name = fmt::format("{} in {}{}", operation.formula, group.name,
                          config.composition == Composition::kLeftFirst ? " (left factor acts first)" : "");
  task.symbol_names = group.names;
  return task;
}

std::string group_label(const TaskConfig& config) {
  return fmt::format("{} {} {}", config.operation, enum_name(config.group), config.group_degree);
}

std::optional<TaskSize> group_task_size(const TaskConfig& config) {
  const std::int64_t order = group_order(config.group, config.group_degree);
  return TaskSize{order, order, 2, order * order};
}

void check_degree(const Config& config) {
  const auto [smallest, largest] = group_degrees(config.task.group);
  if (config.task.group_degree >= smallest && config.task.group_degree <= largest) return;
  refuse(config, "task.group_degree",
         fmt::format("a whole number in [{}, {}] for task.group = {} (at most {} elements)", smallest, largest,
                     enum_name(config.task.group), kMaxSymbols));
}

/// Commutative: the order of the factors makes no difference.
void resolve_composition(Config& config) {
  if (config.task.group == GroupKind::kCyclic) config.task.composition = TaskConfig{}.composition;
}

}  // namespace

const std::vector<OperationDescriptor>& group_descriptors() {
  static const std::vector<OperationDescriptor> descriptors = [] {
    std::vector<OperationDescriptor> all;
    for (const GroupOperation& operation : kGroupOperations) {
      all.push_back({.spec = {.choice = "task.operation",
                              .name = operation.name,
                              .meaning = operation.meaning,
                              .uses = {"task.group", "task.group_degree", "task.composition"},
                              .resolve = resolve_composition,
                              .check = check_degree,
                              .task_size = group_task_size,
                              .task_label = group_label},
                     .build = build_group_task,
                     .invariance = {SymbolGroup::kTaskGroup, operation.law}});
    }
    return all;
  }();
  return descriptors;
}

}  // namespace groklab
