// One self-contained HTML page about one or several runs.
#pragma once

#include <string>
#include <vector>

#include "groklab/record/record.h"
#include "groklab/store/store.h"
#include "groklab/task/task.h"

namespace groklab {

/// Logits of a slice of the table (first input fixed) for the heat map.
struct LogitSlice {
  std::int64_t fixed_input = 0;        ///< x
  std::vector<std::string> row_names;  ///< y symbols
  std::int64_t n_classes = 0;
  std::vector<double> logits;        ///< [rows, n_classes]
  std::vector<std::int32_t> labels;  ///< [rows]
  std::vector<RowRole> roles;        ///< [rows]
};

struct ReportRun {
  RunInfo info;
  std::vector<Record> records;
  std::string task_name;
  std::int64_t n_parameters = 0;
  std::int64_t n_train = 0, n_rows = 0;
  LogitSlice slice;  ///< empty logits: no heat map
};

/// The page's HTML. It loads nothing from anywhere: scripts, specifications and data are inside.
std::string render_report(const std::vector<ReportRun>& runs, const std::string& title);

}  // namespace groklab
