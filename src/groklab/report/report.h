// One self-contained HTML page about one or several runs.
#pragma once

#include <string>
#include <string_view>
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

/// A chart of the page for itself.
struct Figure {
  std::string id;  ///< letters, digits and dashes
  std::string title;
  std::string caption;
  std::string spec;  ///< Vega-Lite, as JSON, with its data inside
};

/// The charts of render_report, in the order of the page.
std::vector<Figure> report_figures(const std::vector<ReportRun>& runs);

/// The page's script, which outside a page defines groklabSvg(spec, width): a promise of an SVG's text.
std::string_view figure_program();

}  // namespace groklab
