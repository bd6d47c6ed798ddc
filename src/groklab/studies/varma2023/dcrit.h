// Claim 5, dcrit: the size at which both circuits are equally efficient is where networks ungrok. Prediction from the
// optimiser's objective of two kinds of resting networks, observation from the composition of a third.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

/// Predicted / observed within 10 %, for the mean and for the median network: a seed's D_crit differs by about as much
/// from its network's, so a sharper claim would be about seeds.
inline const double kPredictedWithin = std::log(1.1);
/// Fraction of a network's seeds whose prediction lies in the bracket. A predictor that is right on average and spreads
/// by a third of the grid's factor of 2 would leave the bracket in one seed of five.
inline constexpr double kInBracket = 0.8;
/// A crossing outside the grid of sizes by more than this factor is censored: the line that finds it is straight over
/// the grid's factor of two only.
inline constexpr double kCrossingReach = 1.25;

struct DcritNetwork {
  TaskNetwork network;
  std::int64_t parent_rows = 0;  ///< of the network that generalises
  std::int64_t parent_steps = 0;
  std::int64_t race_rows = 0;                ///< a second size at which times to fit and to generalise are taken
  std::vector<std::int64_t> rows;            ///< D' around the transition, ascending
  std::vector<std::int64_t> scratch_rows;    ///< further sizes from scratch, ascending, where generalising may begin
  std::vector<std::int64_t> memorised_rows;  ///< D of random labels, ascending: C_mem of the pure states
  Relaxation relaxation;
};
template <class F>
void visit_fields(DcritNetwork& n, F&& field) {
  field("network", n.network);
  field("parent_rows", n.parent_rows);
  field("parent_steps", n.parent_steps);
  field("race_rows", n.race_rows);
  field("rows", n.rows);
  field("scratch_rows", n.scratch_rows);
  field("memorised_rows", n.memorised_rows);
  field("relaxation", n.relaxation);
}
std::string complaint(const DcritNetwork& n);

struct DcritSizes {
  std::vector<DcritNetwork> networks;
  SeedRange seeds;
};
template <class F>
void visit_fields(DcritSizes& s, F&& field) {
  field("networks", s.networks);
  field("seeds", s.seeds);
}

struct DcritRuns {
  struct Network {
    std::vector<PlannedPoint> parents, races;  ///< [seeds]
    std::vector<PlannedPoint> general;         ///< seeds x rows: forks of the network that generalises (G-start)
    std::vector<PlannedPoint> memorising;      ///< seeds x (rows, then scratch_rows): from scratch (M-start)
    std::vector<PlannedPoint> random;          ///< seeds x memorised_rows: random labels
    std::vector<PlannedPoint> settled;  ///< [seeds] of networks with random labels: forks on the parent's own rows
  };
  std::vector<Network> networks;
};

/// When a network of one size fitted and generalised.
struct RaceTimes {
  std::int64_t seed = 0, rows = 0;
  Delay delay;
};
template <class F>
void visit_fields(RaceTimes& r, F&& field) {
  field("seed", r.seed);
  field("rows", r.rows);
  field("delay", r.delay);
}

struct DcritNetworkMeasurement {
  std::vector<RestingState> general, memorising;
  CircuitPoints pure;            ///< of random labels, and of forks far above the transition
  std::vector<RaceTimes> races;  ///< of the parents, and at race_rows
};
template <class F>
void visit_fields(DcritNetworkMeasurement& n, F&& field) {
  field("general", n.general);
  field("memorising", n.memorising);
  field("pure", n.pure);
  field("races", n.races);
}

struct DcritMeasurement {
  DcritSizes sizes;
  std::vector<DcritNetworkMeasurement> networks;  ///< as in sizes
};
template <class F>
void visit_fields(DcritMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("networks", m.networks);
}
std::string complaint(const DcritMeasurement& m);

DcritSizes dcrit_sizes(const Scale& scale);
/// A network with sizes around the one that pilots found for its D_crit.
DcritNetwork dcrit_network(const Scale& scale, const TaskNetwork& network, double middle, std::int64_t parent_steps);
DcritRuns plan(SweepPlan& plan, const DcritSizes& sizes);
DcritMeasurement measure(const RunResults& results, const DcritSizes& sizes, const DcritRuns& runs);
Judgement judge(const DcritMeasurement& measurement);
std::vector<report::Chart> figures(const DcritMeasurement& measurement);

Claim claim_dcrit();

}  // namespace groklab::studies::varma2023
