// See digits.h.
#include "groklab/task/digits.h"

#include "groklab/task/row_table.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

std::string digits_label(const TaskConfig&) { return "digits of 8 x 8 pixels"; }

std::optional<TaskSize> digits_size(const TaskConfig&) { return TaskSize{kDigitLevels, 10, kDigitPixels, kDigitCount}; }

Task build_digits(const TaskConfig& config) {
  Task task;
  task.name = digits_label(config);
  task.n_rows = kDigitCount;
  task.n_inputs = kDigitPixels;
  task.n_symbols = kDigitLevels;
  task.n_classes = 10;
  task.symbol_names = number_names(kDigitLevels);
  for (const char* line : kDigitLines) {
    for (std::int64_t i = 0; i < kDigitPixels; ++i) task.inputs.push_back(line[i] - 'a');
    task.labels.push_back(line[kDigitPixels] - '0');
  }
  return task;
}

}  // namespace

const OperationDescriptor& digits_operation() {
  static const OperationDescriptor descriptor = {
      .spec = {.choice = "task.operation",
               .name = "digits",
               .meaning = "1,797 handwritten digits of 8 x 8 pixels from 0 to 16 (UCI, CC BY 4.0)",
               .check = check_no_pairs,
               .task_size = digits_size,
               .task_label = digits_label},
      .build = build_digits,
      .is_binary = false};
  return descriptor;
}

}  // namespace groklab
