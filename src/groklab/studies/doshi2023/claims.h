// The claims about networks that are trained on partly wrong labels: two circuits side by side, one of which can be cut
// out by the participation ratio of its neurons, and which weight decay suppresses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/mlp_network.h"

namespace groklab::studies::doshi2023 {

/// Nearly all rows of a kind: the publication has 0.94 of the corrupted rows and 0.98 of the test rows.
inline constexpr double kNearlyAll = 0.9;
/// Hardly any row. Guessing has 0.01 of them right, and a network that knows the rule none of the corrupted ones.
inline constexpr double kHardlyAny = 0.05;
/// Cutting out keeps test accuracy: not two points less than before (the publication gains nearly two).
inline constexpr double kKept = 0.02;
/// A part of the rows that is no accident: a tenth.
inline constexpr double kPart = 0.1;
/// A neuron with half of its weights' power, by participation ratio, at one frequency.
inline constexpr double kPeriodic = 0.5;

inline constexpr double kNoise = 0.35;       ///< fraction of wrong labels of all published numbers
inline constexpr double kLittleNoise = 0.2;  ///< for which no number is published
inline constexpr double kLowPruned = 0.6;    ///< where the published curve has come to rest
inline constexpr double kHighPruned = 0.3;   ///< where the published curve ends

/// Labels and weight decay of runs, and for how long they are trained.
struct NoiseCondition {
  double corrupted = 0;  ///< fraction of labels that are wrong
  double weight_decay = 0;
  std::int64_t steps = 0;
};
template <class F>
void visit_fields(NoiseCondition& c, F&& field) {
  field("corrupted", c.corrupted);
  field("weight_decay", c.weight_decay);
  field("steps", c.steps);
}

struct NoiseSizes {
  MlpNetwork network;
  SeedRange seeds;
  std::int64_t rows = 0;
  std::vector<std::string> settings;  ///< of all runs
  std::vector<NoiseCondition> conditions;
  std::vector<double> pruned;  ///< fractions of the neurons that are taken away, ascending from 0
};
template <class F>
void visit_fields(NoiseSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("rows", s.rows);
  field("settings", s.settings);
  field("conditions", s.conditions);
  field("pruned", s.pruned);
}
std::string complaint(const NoiseSizes& sizes);

/// Accuracies of a network without a fraction of its neurons, as PrunedNetwork has them.
struct PrunedAccuracy {
  double fraction = 0;
  double train = 0, clean = 0, corrupted = 0, corrupted_truth = 0, test = 0;
};
template <class F>
void visit_fields(PrunedAccuracy& a, F&& field) {
  field("fraction", a.fraction);
  field("train", a.train);
  field("clean", a.clean);
  field("corrupted", a.corrupted);
  field("corrupted_truth", a.corrupted_truth);
  field("test", a.test);
}

/// A trained network; [pruned] each.
struct NoiseRun {
  std::int64_t seed = 0;
  double corrupted = 0, weight_decay = 0;
  double periodic = 0;  ///< fraction of neurons whose ratio is above kPeriodic
  std::vector<PrunedAccuracy> lowest_first, highest_first, random;
};
template <class F>
void visit_fields(NoiseRun& r, F&& field) {
  field("seed", r.seed);
  field("corrupted", r.corrupted);
  field("weight_decay", r.weight_decay);
  field("periodic", r.periodic);
  field("lowest_first", r.lowest_first);
  field("highest_first", r.highest_first);
  field("random", r.random);
}

struct NoiseMeasurement {
  NoiseSizes sizes;
  std::vector<NoiseRun> runs;  ///< those that ended without error
};
template <class F>
void visit_fields(NoiseMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("runs", m.runs);
}

NoiseSizes coexistence_sizes(const Scale& scale);
Judgement judge_coexistence(const NoiseMeasurement& measurement);
NoiseSizes pruning_sizes(const Scale& scale);
Judgement judge_pruning(const NoiseMeasurement& measurement);
NoiseSizes inversion_sizes(const Scale& scale);
Judgement judge_inversion(const NoiseMeasurement& measurement);

Claim claim_coexistence();
Claim claim_pruning();
Claim claim_inversion();

}  // namespace groklab::studies::doshi2023
