// Sweeps and reproductions for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "groklab/config/grid.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/studies/protocol.h"
#include "groklab/studies/reproduction.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"
#include "groklab/sweep/sweep_text.h"
#include "handles.h"

namespace groklab::python {
namespace {

/// The newest progress of a plan, from the threads that make it to the one that shows it.
class ProgressBoard {
 public:
  explicit ProgressBoard(nb::object show) : show_(std::move(show)) {}
  void put(const SweepProgress& progress) {
    const std::lock_guard lock(mutex_);
    newest_ = progress;
  }
  /// With the interpreter's lock: show(runs, done, failed, fraction, seconds left).
  void show() {
    std::optional<SweepProgress> progress;
    {
      const std::lock_guard lock(mutex_);
      progress.swap(newest_);
    }
    if (progress && !show_.is_none()) {
      show_(progress->runs, progress->done, progress->failed, progress->fraction, progress->seconds_left);
    }
  }

 private:
  nb::object show_;
  std::mutex mutex_;
  std::optional<SweepProgress> newest_;
};

/// What the store lacks of a plan is trained. Empty: interrupted before the first run.
std::vector<PlannedResult> make_runs(const SweepPlan& plan, const std::string& directory, int jobs,
                                     const std::atomic<bool>& interrupt, ProgressBoard& board) {
  const std::optional<SweepEstimate> estimate = estimate_sweep(plan, jobs, 0.5, &interrupt);
  if (!estimate) return {};
  SweepOptions options;
  options.jobs = jobs;
  options.interrupt = &interrupt;
  options.progress = [&board](const SweepProgress& progress) { board.put(progress); };
  return run_plan(plan, estimate->seconds, directory, options);
}

/// A list of (id, status, step, error, {key: value as text}).
nb::list sweep(const std::string& grid, const std::string& where, const std::string& directory, int jobs,
               nb::object show) {
  ProgressBoard board(std::move(show));
  SweepPlan plan;
  const auto results = interruptible(
      [&](const std::atomic<bool>& interrupt) {
        plan = expand_grid(parse_grid_text(grid, where), &interrupt);
        return interrupt.load() ? std::vector<PlannedResult>() : make_runs(plan, directory, jobs, interrupt, board);
      },
      [&] { board.show(); });
  nb::list rows;
  for (std::size_t i = 0; i < results.size(); ++i) {
    nb::dict varied;
    for (const auto& [key, value] : plan.runs[i].varied) varied[key.c_str()] = value;
    const PlannedResult& r = results[i];
    rows.append(nb::make_tuple(r.id, planned_state_name(r), r.outcome.step, r.error, varied));
  }
  return rows;
}

/// (reproduction as JSON, page as HTML, measurements as JSON)
nb::tuple reproduce(const std::string& study_id, const std::vector<std::string>& ids, const std::string& scale_name,
                    std::optional<int> seeds, std::optional<int> first_seed, const std::string& directory, int jobs,
                    bool exploratory, bool mixed_arithmetic, nb::object show) {
  ProgressBoard board(std::move(show));
  const auto start = std::chrono::steady_clock::now();
  const auto texts = interruptible(
      [&](const std::atomic<bool>& interrupt) {
        const studies::Study& study = studies::find_study(study_id);
        const std::vector<studies::Claim> claims = studies::choose_claims(study, ids);
        studies::Scale scale;
        scale.name = scale_name;
        if (seeds) scale.seeds = *seeds;
        if (first_seed) scale.first_seed = *first_seed;
        studies::check_scale(study, scale);
        const studies::ProtocolStanding standing = studies::compare_with_locked(
            studies::find_locked_protocol(study, scale.name), studies::make_protocol(study, scale, claims));
        if (studies::judges(study, scale.name) && !exploratory && !standing.difference.empty()) {
          throw Error(ErrorKind::kConfig, "scale " + scale.name + ": not the locked protocol, " + standing.difference +
                                              "; exploratory=True goes on and says so");
        }
        const studies::PlannedClaims planned = studies::plan_claims(claims, scale);
        const std::vector<PlannedResult> results = make_runs(planned.plan, directory, jobs, interrupt, board);
        if (interrupt.load()) return std::vector<std::string>();
        ThreadPool pool(jobs);
        studies::Measurements m = studies::measure_study(study, scale, claims, planned, Store(directory), results, pool,
                                                         mixed_arithmetic ? "" : "mixed_arithmetic");
        m.summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        studies::Reproduction reproduction = studies::judge_measurements(m);
        reproduction.protocol.exploratory = reproduction.protocol.exploratory || exploratory;
        return std::vector<std::string>{studies::reproduction_json(reproduction).dump(),
                                        studies::reproduction_page(reproduction), studies::measurements_json(m).dump()};
      },
      [&] { board.show(); });
  return nb::make_tuple(texts.at(0), texts.at(1), texts.at(2));
}

nb::list studies_list() {
  nb::list all;
  for (const studies::Study& study : studies::all_studies()) {
    nb::dict claims;
    for (const studies::Claim& claim : study.claims) claims[claim.id.c_str()] = claim.statement;
    all.append(nb::make_tuple(study.id, study.citation, study.title, study.scales, claims));
  }
  return all;
}

}  // namespace

void bind_sweep(nb::module_& module) {
  module.def("sweep", &sweep, nb::arg("grid"), nb::arg("where"), nb::arg("directory"), nb::arg("jobs"),
             nb::arg("show").none());
  module.def("reproduce", &reproduce, nb::arg("study"), nb::arg("claims"), nb::arg("scale"), nb::arg("seeds").none(),
             nb::arg("first_seed").none(), nb::arg("directory"), nb::arg("jobs"), nb::arg("exploratory"),
             nb::arg("mixed_arithmetic"), nb::arg("show").none());
  module.def("studies", &studies_list, "(id, citation, title, scales, {claim: statement}) of every study.");
}

}  // namespace groklab::python
