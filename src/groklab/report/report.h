// One self-contained HTML page about one or several runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "groklab/probes.h"
#include "groklab/record/record.h"
#include "groklab/store/store.h"
#include "groklab/task.h"

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

/// Logits at one first input with symbols and classes in the order k g mod n of their elements g of Z_n, in which the
/// wave of frequency k is one period long.
struct ReorderedLogits {
  std::string frequency;                 ///< k
  std::string fixed_input;               ///< the first input's symbol
  std::vector<std::string> row_names;    ///< second inputs
  std::vector<std::string> class_names;  ///< columns
  std::vector<double> logits;            ///< [rows, classes], each row's mean removed
};

/// What probes read of a run. Empty: no section.
struct InsideView {
  std::vector<ProbeResult> over_steps;  ///< those stored, ascending
  std::optional<ProbeResult> last;      ///< the last state with every probe and each neuron
  ReorderedLogits reordered;            ///< empty logits: no heat map
};

struct ReportRun {
  RunInfo info;
  std::vector<Record> records;
  std::string task_name;
  std::int64_t n_parameters = 0;
  std::int64_t n_train = 0, n_rows = 0;
  LogitSlice slice;  ///< empty logits: no heat map
  InsideView inside;
};

/// The page's HTML. It loads nothing from anywhere: scripts, specifications and data are inside.
std::string render_report(const std::vector<ReportRun>& runs, const std::string& title);

}  // namespace groklab
