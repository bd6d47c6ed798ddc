// Claim 10, other-tasks: ungrokking on operations and groups that are not x + y modulo p in disguise.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"
#include "groklab/studies/varma2023/runs.h"
#include "groklab/studies/varma2023/weight_decay.h"

namespace groklab::studies::varma2023 {

inline constexpr double kTaskFall = 0.5;  ///< as in claim ungrokking

/// x - y modulo p is x + y with renamed symbols, x y modulo p is addition modulo p - 1, and neither is listed.
struct OtherTask {
  TaskNetwork network;
  std::int64_t parent_rows = 0, parent_steps = 0;  ///< of the network that generalises
  std::vector<std::int64_t> rows;                  ///< D' of its forks, ascending
  Relaxation relaxation = {};
};
template <class F>
void visit_fields(OtherTask& t, F&& field) {
  field("network", t.network);
  field("parent_rows", t.parent_rows);
  field("parent_steps", t.parent_steps);
  field("rows", t.rows);
  field("relaxation", t.relaxation);
}
std::string complaint(const OtherTask& t);

struct OtherTasksSizes {
  std::vector<OtherTask> tasks;
  SeedRange seeds;
  std::vector<DecaySetting> settings;  ///< the first is the default; the others are shown beside
};
template <class F>
void visit_fields(OtherTasksSizes& s, F&& field) {
  field("tasks", s.tasks);
  field("seeds", s.seeds);
  field("settings", s.settings);
}
std::string complaint(const OtherTasksSizes& s);

struct OtherTasksRuns {
  struct Task {
    std::vector<PlannedPoint> parents;             ///< [seeds]
    std::vector<std::vector<PlannedPoint>> forks;  ///< [settings] seeds x D'
  };
  std::vector<Task> tasks;
};

struct OtherTaskMeasurement {
  std::vector<RestingState> parents;
  std::vector<SettingMeasurement> settings;  ///< as in sizes
};
template <class F>
void visit_fields(OtherTaskMeasurement& t, F&& field) {
  field("parents", t.parents);
  field("settings", t.settings);
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
