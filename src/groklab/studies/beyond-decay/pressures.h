// What the claims share: a small MLP that generalises is put on fewer rows under different pressures on its weights,
// and the costs of both circuits are measured under each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/mlp_network.h"
#include "groklab/studies/varma2023/resting.h"

namespace groklab::studies::beyond_decay {

/// What training presses on. Text of a pressure's `presses`.
inline constexpr const char* kEuclidean = "L2";
inline constexpr const char* kSumNorm = "L1";
inline constexpr const char* kNuclearNorm = "nuclear";
inline constexpr const char* kNoNorm = "";

/// A way to train a network that has fitted its rows, on top of Adam with a learning rate that falls by a cosine.
struct Pressure {
  std::string name;
  std::string presses;                ///< one of the above: the norm that training holds down
  std::vector<std::string> settings;  ///< "key=value"
  std::int64_t steps = 0;
  std::vector<std::int64_t> rows;    ///< D' around the transition, ascending
  bool objective = false;            ///< what it minimises is known, so that states at rest are told by it
  bool costs = true;                 ///< the circuits' costs are measured
  bool counts = true;                ///< its test counts; false: it stands beside the claim
  double margin = kReferenceMargin;  ///< mean over training rows at which costs are compared
};
template <class F>
void visit_fields(Pressure& p, F&& field) {
  field("name", p.name);
  field("presses", p.presses);
  field("settings", p.settings);
  field("steps", p.steps);
  field("rows", p.rows);
  field("objective", p.objective);
  field("costs", p.costs);
  field("counts", p.counts);
  field("margin", p.margin);
}

struct PressureSizes {
  MlpNetwork network;
  std::vector<std::string> settings;  ///< of all runs, parents included
  SeedRange seeds;
  double generalised = 0.99;     ///< test accuracy from which a fork's cost is that of the generalising circuit
  std::int64_t parent_rows = 0;  ///< of the network that generalises, by AdamW, whatever comes after
  std::int64_t parent_steps = 0;
  double learning_rate = 2e-3;  ///< as in varma2023::Relaxation
  bool from_scratch = true;     ///< where an objective is known, the sizes of forks are trained from scratch as well
  std::vector<std::int64_t> memorised_rows;  ///< D of random labels, ascending
  std::vector<Pressure> pressures;
};
template <class F>
void visit_fields(PressureSizes& s, F&& field) {
  field("network", s.network);
  field("settings", s.settings);
  field("seeds", s.seeds);
  field("generalised", s.generalised);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("learning_rate", s.learning_rate);
  field("from_scratch", s.from_scratch);
  field("memorised_rows", s.memorised_rows);
  field("pressures", s.pressures);
}
std::string complaint(const PressureSizes& s);

struct PressureRuns {
  struct Under {
    std::vector<PlannedPoint> general;     ///< seeds x rows: forks of the network that generalises
    std::vector<PlannedPoint> memorising;  ///< the same sizes from scratch; none without an objective
    std::vector<PlannedPoint> random;      ///< seeds x memorised_rows: random labels, from scratch
    std::vector<PlannedPoint> settled;     ///< [seeds] forks on the parent's own rows
  };
  std::vector<Under> pressures;
};

/// What a circuit alone costs: a network's norms when all its parameters are scaled to the pressure's margin.
struct CircuitCost {
  std::int64_t seed = 0, rows = 0;
  double train_accuracy = 0, test_accuracy = 0;
  double margin = 0;                                ///< mean over training rows, as trained
  double l2 = 0, l1 = 0, nuclear = 0, largest = 0;  ///< at the pressure's margin; as in WeightNorms
  bool at_rest = false;                             ///< always where no norm is pressed on: nothing comes to rest there
};
template <class F>
void visit_fields(CircuitCost& c, F&& field) {
  field("seed", c.seed);
  field("rows", c.rows);
  field("train_accuracy", c.train_accuracy);
  field("test_accuracy", c.test_accuracy);
  field("margin", c.margin);
  field("l2", c.l2);
  field("l1", c.l1);
  field("nuclear", c.nuclear);
  field("largest", c.largest);
  field("at_rest", c.at_rest);
}

/// States count as at rest ("stationary") by RunResults::stationarity where what is minimised is known; elsewhere by
/// the balance of both circuits alone, as norms grow for ever without decay.
struct UnderPressure {
  std::vector<varma2023::RestingState> general, memorising;
  std::vector<CircuitCost> random, settled;
};
template <class F>
void visit_fields(UnderPressure& u, F&& field) {
  field("general", u.general);
  field("memorising", u.memorising);
  field("random", u.random);
  field("settled", u.settled);
}

struct PressureMeasurement {
  PressureSizes sizes;
  std::vector<UnderPressure> pressures;  ///< as in sizes
};
template <class F>
void visit_fields(PressureMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("pressures", m.pressures);
}
std::string complaint(const PressureMeasurement& m);

/// Settings of Adam with gradients orthogonal to the weights (arXiv:2501.04697), without decay.
std::vector<std::string> orthogonal_settings(double learning_rate);
PressureSizes pressure_sizes(const Scale& scale);
PressureRuns plan_pressures(SweepPlan& plan, const PressureSizes& sizes);
PressureMeasurement measure_pressures(const RunResults& results, const PressureSizes& sizes, const PressureRuns& runs);

/// ln D at which rho = 1 in a seed's forks: G / (G + M) half-way from 0 to 1 over the sizes.
CensoredValue observed_size(const PressureMeasurement& m, std::size_t pressure, std::int64_t seed);
/// ln D at which a random table costs as much as the generalising circuit, in the norm that `norm` points at.
CensoredValue size_of_equal_cost(const PressureMeasurement& m, std::size_t pressure, std::int64_t seed,
                                 double CircuitCost::*norm);
/// ln D at which resting states of both kinds have one objective; nothing where it is not known.
CensoredValue size_of_equal_objective(const PressureMeasurement& m, std::size_t pressure, std::int64_t seed);
/// Test accuracy at the largest D' less that at the smallest; NaN unless both are at rest.
double fall_of_accuracy(const PressureMeasurement& m, std::size_t pressure, std::int64_t seed);
/// |a - b|; of values known to lie within bounds the least that it can be; NaN where that is not above 0 for sure.
double least_distance(const CensoredValue& a, const CensoredValue& b);

}  // namespace groklab::studies::beyond_decay
