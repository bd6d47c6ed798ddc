// See report_run.h.
#include "groklab/report/report_run.h"

#include <fmt/format.h>

#include "groklab/base/error.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/lab/probe_network.h"
#include "groklab/probe/logit_slice.h"
#include "groklab/run/network_run.h"
#include "groklab/view/text.h"

namespace groklab {

ReportRun report_run(const Store& store, const std::string& id, std::int64_t fixed_input, bool inside,
                     ThreadPool& pool) {
  const PreparedRun run = prepare_stored_run(store, id);
  const NetworkRun network(run.config, run.task, run.split, pool);
  Engine& engine = network.engine();
  ReportRun report;
  report.info = store.run(id);
  report.records = store.records(id);
  report.task_name = run.task.name;
  report.n_parameters = engine.layout().parameter_count();
  report.n_train = static_cast<std::int64_t>(run.split.train.size());
  report.n_rows = run.task.n_rows;
  if (run.task.n_inputs == 2 && (fixed_input < 0 || fixed_input >= run.task.n_symbols)) {
    fail(ErrorKind::kConfig, "--slice: expected 0..{} ({}), found {}", run.task.n_symbols - 1, run.task.name,
         fixed_input);
  }
  if (!store.checkpoints(id).empty()) {  // a run killed early has records, but no state to draw
    engine.import_state(store.load_checkpoint(id, -1, engine.layout()));
    report.slice = logit_slice(engine, run.task, run.split, fixed_input);
    if (inside) report.inside = inside_view(store, run, engine, fixed_input);
  }
  return report;
}

ReportRun report_state(const Store& store, const std::string& id, std::int64_t step, ThreadPool& pool) {
  const PreparedRun run = prepare_stored_run(store, id);
  const NetworkRun network(run.config, run.task, run.split, pool);
  Engine& engine = network.engine();
  engine.import_state(store.load_checkpoint(id, step, engine.layout()));
  const std::int64_t fixed_input = run.task.n_symbols > 1 ? 1 : 0;
  ReportRun report;
  report.info = store.run(id);
  report.task_name = run.task.name;
  report.slice = logit_slice(engine, run.task, run.split, fixed_input);
  report.inside = inside_view(store, run, engine, fixed_input, false);
  report.state = fmt::format("State at step {}", format_count(step));
  return report;
}

}  // namespace groklab
