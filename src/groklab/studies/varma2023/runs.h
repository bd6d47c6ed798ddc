// The kinds of runs that the claims ask for. A kind is the same configuration in every claim, so that claims share
// runs: asking twice gives the same index.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "groklab/studies/efficiency.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/sweep/plan.h"

namespace groklab::studies::varma2023 {

/// From scratch on D training examples with true labels.
RunIndex scratch_run(SweepPlan& plan, const TaskNetwork& network, std::int64_t seed, std::int64_t rows,
                     double weight_decay, std::int64_t steps);
/// The same for Budgets::converged / weight_decay steps: what an efficiency is measured on.
RunIndex converged_run(SweepPlan& plan, const Budgets& budgets, const TaskNetwork& network, std::int64_t seed,
                       std::int64_t rows, double weight_decay);
/// Random labels (C_mem alone), for Budgets::memorised / weight_decay steps.
RunIndex memorised_run(SweepPlan& plan, const Budgets& budgets, const TaskNetwork& network, std::int64_t seed,
                       std::int64_t rows, double weight_decay, LabelKind labels = LabelKind::kRandom);
/// A fork of run `parent` on `rows` of the same nested split, at a constant learning rate for so many steps. `changes`
/// are further keys, "key=value".
RunIndex fork_of(SweepPlan& plan, const Budgets& budgets, RunIndex parent, std::int64_t rows, double weight_decay,
                 std::int64_t steps, const std::vector<std::string>& changes = {});

/// From scratch on D training examples with true labels, until it rests. `changes` are further keys, "key=value".
RunIndex relaxed_run(SweepPlan& plan, const Relaxation& relaxation, const TaskNetwork& network, std::int64_t seed,
                     std::int64_t rows, const std::vector<std::string>& changes = {});
/// A fork of run `parent` on `rows` of the same nested split, until it rests.
RunIndex relaxed_fork(SweepPlan& plan, const Relaxation& relaxation, RunIndex parent, std::int64_t rows,
                      const std::vector<std::string>& changes = {});

/// Networks at rest on random labels: seeds x rows (those that the table has) x weight decays.
std::vector<PlannedPoint> memorised_points(SweepPlan& plan, const Relaxation& relaxation, const TaskNetwork& network,
                                           const SeedRange& seeds, std::span<const std::int64_t> rows,
                                           std::span<const double> weight_decays,
                                           LabelKind labels = LabelKind::kRandom);
/// Points of both circuits as measured, nothing left out.
struct CircuitPoints {
  std::vector<EfficiencyPoint> memorised, general;
};
template <class F>
void visit_fields(CircuitPoints& p, F&& field) {
  field("memorised", p.memorised);
  field("general", p.general);
}
/// Test accuracy of the last record at or before `step` (-1: the end); NaN for a run that failed.
double accuracy_at(const RunResults& results, RunIndex run, std::int64_t step = -1);

}  // namespace groklab::studies::varma2023
