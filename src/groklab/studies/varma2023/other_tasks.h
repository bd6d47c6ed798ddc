// Claim 10, other-tasks: ungrokking and both efficiencies on further operations and groups.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

inline constexpr double kTaskFall = 0.5;            ///< as in claim ungrokking
inline const double kSameForTask = std::log(1.25);  ///< as in claim weight-decay

struct OtherTasksSizes {
  std::vector<TaskNetwork> tasks;
  SeedRange seeds;
  double weight_decay = 1;
  std::vector<double> weight_decays;         ///< `weight_decay` among them
  std::vector<std::int64_t> rows;            ///< D' of forks, ascending; those that a table has
  std::vector<std::int64_t> memorised_rows;  ///< D of the C_mem curve, ascending; those that a table has
  Budgets budgets;
};
template <class F>
void visit_fields(OtherTasksSizes& s, F&& field) {
  field("tasks", s.tasks);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("weight_decays", s.weight_decays);
  field("rows", s.rows);
  field("memorised_rows", s.memorised_rows);
  field("budgets", s.budgets);
}
std::string complaint(const OtherTasksSizes& s);

struct OtherTasksRuns {
  struct Task {
    std::vector<PlannedPoint> forks;  ///< seeds x weight decays x D'
    CircuitRuns circuits;
  };
  std::vector<Task> tasks;
};

/// A fork of the full table's network at as much decay as weight decay 1 has in Budgets::ungrok steps.
struct TaskFork {
  std::int64_t seed = 0, rows = 0;
  double weight_decay = 0;
  double test_accuracy = 0;  ///< NaN: the run failed
};
template <class F>
void visit_fields(TaskFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("weight_decay", f.weight_decay);
  field("test_accuracy", f.test_accuracy);
}

struct OtherTaskMeasurement {
  std::vector<TaskFork> forks;
  CircuitPoints points;
};
template <class F>
void visit_fields(OtherTaskMeasurement& t, F&& field) {
  field("forks", t.forks);
  field("points", t.points);
}

struct OtherTasksMeasurement {
  OtherTasksSizes sizes;
  std::vector<OtherTaskMeasurement> tasks;  ///< as in sizes
};
template <class F>
void visit_fields(OtherTasksMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("tasks", m.tasks);
}
std::string complaint(const OtherTasksMeasurement& m);

OtherTasksSizes other_tasks_sizes(const Scale& scale);
OtherTasksRuns plan(SweepPlan& plan, const OtherTasksSizes& sizes);
OtherTasksMeasurement measure(const RunResults& results, const OtherTasksSizes& sizes, const OtherTasksRuns& runs);
Judgement judge(const OtherTasksMeasurement& measurement);
std::vector<report::Chart> figures(const OtherTasksMeasurement& measurement);

Claim claim_other_tasks();

}  // namespace groklab::studies::varma2023
