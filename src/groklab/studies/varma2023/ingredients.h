// Claim 2, ingredients: grokking needs a generalising circuit that exists, is more efficient, and is slower to learn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

/// A weight that is gone: above kappa = 2 it is 0 exactly, below it is of the order of 1.
inline constexpr double kVanished = 1e-6;
/// Half of the test rows: "generalises" and "does not" are far from it on either side (1 and about 1 / p).
inline constexpr double kHalfOfRows = 0.5;
/// The simulation, nats: how far test loss rises before it falls, with and without memorisation coming first.
inline constexpr double kSimulatedRise = 1, kNoSimulatedRise = 0.01;
/// The simulation: test loss at the end of a network that generalised, in nats.
inline constexpr double kSimulatedEnd = 1;

struct IngredientsSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  Budgets budgets;
  std::int64_t rows = 0;            ///< D at which a delay is expected
  std::int64_t too_few_rows = 0;    ///< D below D_crit
  std::int64_t memorised_rows = 0;  ///< D of random labels
  std::int64_t steps = 0;           ///< budget
  TaskNetwork fast_network;         ///< for the case that C_gen is not slower: nearly all of its rows
  std::int64_t fast_rows = 0, fast_steps = 0;
  TaskNetwork control_network;  ///< an operation that has no generalising circuit within the budget
};
template <class F>
void visit_fields(IngredientsSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("budgets", s.budgets);
  field("rows", s.rows);
  field("too_few_rows", s.too_few_rows);
  field("memorised_rows", s.memorised_rows);
  field("steps", s.steps);
  field("fast_network", s.fast_network);
  field("fast_rows", s.fast_rows);
  field("fast_steps", s.fast_steps);
  field("control_network", s.control_network);
}

/// [seeds] each.
struct IngredientsRuns {
  std::vector<RunIndex> all, random_labels, no_circuit, too_few, fast;
};

/// Of one seed; NaN and no times where a run failed.
struct IngredientsSeed {
  std::int64_t seed = 0;
  Delay all, fast;
  double random_labels = 0, no_circuit = 0, too_few = 0;  ///< final test accuracies
};
template <class F>
void visit_fields(IngredientsSeed& s, F&& field) {
  field("seed", s.seed);
  field("all", s.all);
  field("fast", s.fast);
  field("random_labels", s.random_labels);
  field("no_circuit", s.no_circuit);
  field("too_few", s.too_few);
}

/// A state of the minimal simulation.
struct SimulatedStep {
  std::int64_t step = 0;
  double test_loss = 0, train_loss = 0, w_gen = 0, w_mem = 0;
};
template <class F>
void visit_fields(SimulatedStep& s, F&& field) {
  field("step", s.step);
  field("test_loss", s.test_loss);
  field("train_loss", s.train_loss);
  field("w_gen", s.w_gen);
  field("w_mem", s.w_mem);
}

/// One minimal simulation (deterministic).
struct SimulatedPanel {
  double rise = 0;  ///< largest test loss - test loss at the start
  double end = 0;   ///< test loss at the end
  double w_gen_end = 0, w_mem_end = 0;
  std::vector<SimulatedStep> steps;  ///< about evenly spaced in log step
};
template <class F>
void visit_fields(SimulatedPanel& p, F&& field) {
  field("rise", p.rise);
  field("end", p.end);
  field("w_gen_end", p.w_gen_end);
  field("w_mem_end", p.w_mem_end);
  field("steps", p.steps);
}

struct IngredientsMeasurement {
  IngredientsSizes sizes;
  std::vector<IngredientsSeed> seeds;
  std::vector<NamedCurve> curves;  ///< of the first seed
  SimulatedPanel all, not_more_efficient, less_efficient, not_slower;
  SimulatedPanel above_two;       ///< kappa 2.5, C_gen more efficient
  SimulatedPanel above_two_less;  ///< kappa 2.5, C_gen less efficient
};
template <class F>
void visit_fields(IngredientsMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("seeds", m.seeds);
  field("curves", m.curves);
  field("simulated_all", m.all);
  field("simulated_not_more_efficient", m.not_more_efficient);
  field("simulated_less_efficient", m.less_efficient);
  field("simulated_not_slower", m.not_slower);
  field("simulated_above_two", m.above_two);
  field("simulated_above_two_less", m.above_two_less);
}

IngredientsSizes ingredients_sizes(const Scale& scale);
IngredientsRuns plan(SweepPlan& plan, const IngredientsSizes& sizes);
IngredientsMeasurement measure(const RunResults& results, const IngredientsSizes& sizes, const IngredientsRuns& runs);
Judgement judge(const IngredientsMeasurement& measurement);
std::vector<report::Chart> figures(const IngredientsMeasurement& measurement);

Claim claim_ingredients();

}  // namespace groklab::studies::varma2023
