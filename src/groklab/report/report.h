// One self-contained HTML page about one or several runs.
#pragma once

#include <string>
#include <vector>

#include "groklab/probe/logit_slice.h"
#include "groklab/probes.h"
#include "groklab/record/record.h"
#include "groklab/store/store.h"
#include "groklab/task.h"

namespace groklab {

struct ReportRun {
  RunInfo info;
  std::vector<Record> records;
  std::string task_name;
  std::int64_t n_parameters = 0;
  std::int64_t n_train = 0, n_rows = 0;
  LogitSlice slice;  ///< empty logits: no heat map
  InsideView inside;
  std::string state = "Last state";  ///< what slice and inside were looked at in, as captions begin
};

/// The page's HTML. It loads nothing from anywhere: scripts, specifications and data are inside.
std::string render_report(const std::vector<ReportRun>& runs, const std::string& title);

}  // namespace groklab
