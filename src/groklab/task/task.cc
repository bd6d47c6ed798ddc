// make_task: which builder makes the table of which operation.
#include "groklab/task.h"

#include <numeric>

#include "groklab/base/error.h"
#include "groklab/task/groups.h"
#include "groklab/task/labels.h"
#include "groklab/task/operations.h"
#include "groklab/task/parity.h"
#include "groklab/task/table.h"
#include "groklab/task/user_table.h"

namespace groklab {
namespace {

using Builder = Task (*)(const TaskConfig& config, std::int64_t seed);

Task modular(const TaskConfig& config, std::int64_t) { return make_modular_task(config); }
Task group(const TaskConfig& config, std::int64_t) { return make_group_task(config); }
Task user_table(const TaskConfig& config, std::int64_t) { return make_user_table_task(config); }

struct BuilderEntry {
  Operation operation;
  Builder build;
};

constexpr BuilderEntry kBuilders[] = {
    {Operation::kAdd, modular},         {Operation::kSubtract, modular},         {Operation::kMultiply, modular},
    {Operation::kDivide, modular},      {Operation::kDivideOrSubtract, modular}, {Operation::kSumOfSquares, modular},
    {Operation::kQuadratic, modular},   {Operation::kQuadraticPlusX, modular},   {Operation::kCubic, modular},
    {Operation::kCubicPlusY, modular},  {Operation::kGroupProduct, group},       {Operation::kGroupConjugate, group},
    {Operation::kGroupSandwich, group}, {Operation::kTable, user_table},         {Operation::kParity, make_parity_task},
};

}  // namespace

std::vector<std::string> number_names(std::int64_t n) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) names.push_back(std::to_string(i));
  return names;
}

Task make_task(const ResolvedConfig& config) {
  for (const BuilderEntry& entry : kBuilders) {
    if (entry.operation != config->task.operation) continue;
    Task task = entry.build(config->task, config->task.label_seed);
    apply_labels(task, config->task);
    return task;
  }
  fail(ErrorKind::kInternal, "internal: no builder for operation {}", static_cast<int>(config->task.operation));
}

std::vector<std::int64_t> all_rows(const Task& task) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(task.n_rows));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace groklab
