// The columns of a list of runs: what a table shows, a CSV holds and --sort compares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "groklab/analysis/event_times.h"
#include "groklab/store/store.h"

namespace groklab {

struct ListedRun {
  RunInfo info;
  EventTimes times;
};

/// A cell as it is; nothing: the run has no such value.
using RunValue = std::variant<std::monostate, std::int64_t, double, std::string>;

struct RunColumn {
  std::string name;  ///< as in --columns, --sort and the first line of a CSV: "t_grok", "optim.weight_decay"
  std::string head;  ///< in tables
  bool is_left = false;
  std::function<RunValue(const ListedRun&)> value;
  std::function<std::string(const ListedRun&)> text;  ///< for people
  bool needs_events = false;                          ///< reads `times`, for which all records are read
};

/// A column by its name or by a configuration key. Throws Error(kConfig) with the nearest name; `option` names where.
RunColumn run_column(const std::string& name, const std::string& option);
/// Names of all columns but the configuration's keys.
std::vector<std::string> column_names();
/// What a list shows by itself: the keys that differ between its runs, and what came out.
std::vector<RunColumn> default_columns(const std::vector<ListedRun>& runs);
/// Names of columns; `comma_separated` from an option.
std::vector<RunColumn> chosen_columns(const std::string& comma_separated, const std::string& option);

/// Ascending by a column; runs without a value come last, also in reverse. Equal ones stay in their order.
void sort_runs(std::vector<ListedRun>& runs, const RunColumn& column, bool reverse);

/// Without columns from the least important on until the lines fit into `width`; 0: all of them.
std::string table_of_runs(const std::vector<ListedRun>& runs, std::vector<RunColumn> columns, std::size_t width);
std::string csv_of_runs(const std::vector<ListedRun>& runs, const std::vector<RunColumn>& columns);

}  // namespace groklab
