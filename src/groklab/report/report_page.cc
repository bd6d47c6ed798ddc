// The report component's public functions.
#include "groklab/base/join.h"
#include "groklab/lab/run_store_access.h"
#include "groklab/report.h"
#include "groklab/report/report.h"
#include "groklab/report/report_run.h"
#include "groklab/store/export.h"

namespace groklab {

std::string report_page(const RunStore& store, const std::vector<std::string>& ids, const ReportOptions& options) {
  const Store& stored = RunStoreAccess::store(store);
  ThreadPool pool(options.threads);
  std::vector<ReportRun> runs;
  std::vector<std::string> names;
  for (const std::string& id : ids) {
    names.push_back(store.resolve(id));
    runs.push_back(report_run(stored, names.back(), options.fixed_input, ids.size() == 1, pool));
  }
  const std::string title = "groklab run" + std::string(ids.size() > 1 ? "s " : " ") + join(names, ", ");
  return render_report(runs, options.title.empty() ? title : options.title);
}

std::string records_csv(const RunStore& store, const std::string& id) {
  std::string text;
  records_to_csv(RunStoreAccess::store(store), store.resolve(id), [&](std::string_view part) { text += part; });
  return text;
}

std::string run_json(const RunStore& store, const std::string& id) {
  std::string text;
  run_to_json_text(RunStoreAccess::store(store), store.resolve(id), [&](std::string_view part) { text += part; });
  return text;
}

}  // namespace groklab
