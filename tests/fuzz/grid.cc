// Grid files: stages, cases, lists and ranges. Plans of more than a handful of runs are a matter of time, not of
// reading.
#include "groklab/config/grid.h"

#include "fuzz.h"
#include "groklab/sweep/plan.h"

namespace groklab {
namespace {

constexpr double kMostRuns = 200;

double combinations(const std::vector<GridAxis>& axes) {
  double count = 1;
  for (const GridAxis& axis : axes) count *= static_cast<double>(axis.values.size());
  return count;
}

double runs_of(const Grid& grid) {
  double all = 1, above = 1;
  for (const GridStage& stage : grid.stages) {
    double cases = stage.cases.empty() ? 1 : 0;
    for (const GridCase& one : stage.cases) cases += combinations(one);
    above *= combinations(stage.axes) * cases;
    all += above;
  }
  return all;
}

void run(std::string_view bytes) {
  const Grid grid = parse_grid_text(bytes, "fuzz.toml");
  must_hold(!grid.stages.empty(), "a first stage");
  for (const GridStage& stage : grid.stages) {
    for (const GridAxis& axis : stage.axes) must_hold(!axis.values.empty(), "an axis has a value");
  }
  if (runs_of(grid) > kMostRuns) return;
  const SweepPlan plan = expand_grid(grid);
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    must_hold(plan.runs[i].parent < static_cast<std::ptrdiff_t>(i), "parents stand before their forks");
  }
}

}  // namespace

const FuzzTarget& grid_target() {
  static const FuzzTarget target = {"grid",
                                    run,
                                    {"[[then]]\n",
                                     "[[case]]\n",
                                     "[[then.case]]\n",
                                     "name = \"a\"",
                                     "of = \"a\"",
                                     "{ from = 1, to = 9, step = 1 }",
                                     "{ from = 1e-3, to = 1, count = 3, scale = \"log\" }",
                                     "from",
                                     "to",
                                     "count",
                                     "step",
                                     "scale",
                                     "[1, 2]",
                                     "[]",
                                     "[[",
                                     "train.steps",
                                     "seed",
                                     "split.train_size",
                                     "inf",
                                     "nan",
                                     "1e308",
                                     "-1",
                                     "9223372036854775807",
                                     "\n"}};
  return target;
}

}  // namespace groklab
