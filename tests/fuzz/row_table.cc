// A user's own rows as CSV.
#include "groklab/task/row_table.h"

#include "fuzz.h"

namespace groklab {
namespace {

void run(std::string_view bytes) {
  const Task task = parse_row_table(bytes, "fuzz.csv");
  must_hold(task.labels.size() == static_cast<std::size_t>(task.n_rows), "a label for each row");
  must_hold(task.inputs.size() == static_cast<std::size_t>(task.n_rows * task.n_inputs), "as many inputs in each row");
  for (const std::int32_t input : task.inputs) must_hold(input >= 0 && input < task.n_symbols, "inputs are symbols");
  for (const std::int32_t label : task.labels) must_hold(label >= 0 && label < task.n_classes, "labels are classes");
}

}  // namespace

const FuzzTarget& row_table_target() {
  static const FuzzTarget target = {
      "row_table", run, {",", "\n", "\r\n", "#", "0", "1", "1999", "2147483648", "-1", " ", "\t", ";"}};
  return target;
}

}  // namespace groklab
