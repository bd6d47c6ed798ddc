// A user's own rows as CSV, .npy or IDX.
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
  must_hold(task.symbol_names.size() == static_cast<std::size_t>(task.n_symbols), "a name for each symbol");
  must_hold(task.symbol_values.empty() || task.symbol_values.size() == task.symbol_names.size(), "a number for each");
}

}  // namespace

const FuzzTarget& row_table_target() {
  static const FuzzTarget target = {"row_table",
                                    run,
                                    {",",
                                     "\n",
                                     "\r\n",
                                     "#",
                                     "0",
                                     "1",
                                     "1999",
                                     "2147483648",
                                     "-1",
                                     " ",
                                     "\t",
                                     ";",
                                     "0.5",
                                     "1e-300",
                                     "nan",
                                     "\x93NUMPY\x01",
                                     "'descr': '<f4'",
                                     "'descr': '|u1'",
                                     "'shape': (2, 2)",
                                     "'fortran_order': False",
                                     std::string_view("\0\0\x08\x02\0\0\0\x02", 8),
                                     std::string_view("\0\0\x0d\x01", 4)}};
  return target;
}

}  // namespace groklab
