// What holds for every operation, whoever adds one: its table is what its description says.
#include "groklab/task/operation.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "groklab/config/operation.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TaskConfig smallest(const OperationDescriptor& operation, const std::string& table) {
  TaskConfig config;
  config.operation =
      operation.spec.name == kFormulaOperation ? "(2*x + y^3)/(x - y)" : std::string(operation.spec.name);
  config.modulus = 7;
  config.group_degree = 3;
  config.parity_bits = 5;
  if (config.operation == "table" || config.operation == "rows") config.table = table;
  return config;
}

TEST(Operations, TablesAreWhatTheirDescriptionsSay) {
  const TemporaryFile file("op.csv", "0,1,2\n1,2,0\n2,0,1\n"), rows("rows.csv", "0,1,2,0\n1,2,0,1\n");
  std::set<std::string_view> names;
  for (const OperationDescriptor* operation : operation_descriptors()) {
    SCOPED_TRACE(operation->spec.name);
    EXPECT_EQ(operation->spec.choice, "task.operation");
    EXPECT_TRUE(names.insert(operation->spec.name).second);
    EXPECT_EQ(&operation_descriptor(operation->spec.name), operation);
    const bool is_rows = operation->spec.name == "rows";
    const TaskConfig config = smallest(*operation, is_rows ? rows.path() : file.path());
    const Task task = task_of(config, 3);
    EXPECT_EQ(task.n_inputs == 2, operation->is_binary);
    EXPECT_EQ(task.inputs.size(), static_cast<std::size_t>(task.n_rows * task.n_inputs));
    EXPECT_EQ(task.labels.size(), static_cast<std::size_t>(task.n_rows));
    EXPECT_EQ(task.symbol_names.size(), static_cast<std::size_t>(task.n_symbols));
    for (const std::int32_t input : task.inputs) ASSERT_TRUE(input >= 0 && input < task.n_symbols);
    for (const std::int32_t label : task.labels) ASSERT_TRUE(label >= 0 && label < task.n_classes);
    EXPECT_FALSE(operation->spec.task_label(config).empty());
    if (operation->spec.task_size == nullptr) continue;
    const TaskSize size = *operation->spec.task_size(config);
    EXPECT_EQ(size.n_symbols, task.n_symbols);
    EXPECT_EQ(size.n_classes, task.n_classes);
    EXPECT_EQ(size.n_inputs, task.n_inputs);
    EXPECT_EQ(size.n_rows, task.n_rows);
  }
}

// The law that probes are told holds in the table: shifting the inputs by a symbol shifts the label.
TEST(Operations, ResiduesFollowTheirLaw) {
  for (const OperationDescriptor* operation : operation_descriptors()) {
    const Invariance& invariance = operation->invariance;
    if (invariance.symbols != SymbolGroup::kResidues || invariance.law == GroupLaw::kNone) continue;
    SCOPED_TRACE(operation->spec.name);
    const Task task = task_of(smallest(*operation, ""), 0);
    const std::int32_t p = static_cast<std::int32_t>(task.n_symbols);
    const std::int32_t sign = invariance.law == GroupLaw::kProduct ? 1 : p - 1;
    for (std::size_t row = 0; row < task.labels.size(); ++row) {
      EXPECT_EQ(task.labels[row], (task.inputs[2 * row] + sign * task.inputs[2 * row + 1]) % p);
    }
  }
}

}  // namespace
}  // namespace groklab
