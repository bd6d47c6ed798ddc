// Claim ungrok-time: a network that generalises and is put on fewer rows than D_crit loses that after a time that goes
// as 1 / (learning rate x weight decay).
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/sizes.h"

namespace groklab::studies::transition_laws {

/// An exponent within 0.1 of -1: over the factor of 16 in weight decay a time that is off by at most 1.32. The
/// published exponents of the delay of grokking lie 0.2 and more apart (-0.64, -0.81, -1).
inline constexpr double kExponentMargin = 0.1;
/// Without weight decay test accuracy may fall by so much: twice what counts as level elsewhere.
inline constexpr double kKept = 0.1;

/// A learning rate with a weight decay, eta and lambda.
struct Pace {
  double learning_rate = 1e-3, weight_decay = 1;
};
template <class F>
void visit_fields(Pace& p, F&& field) {
  field("learning_rate", p.learning_rate);
  field("weight_decay", p.weight_decay);
}

struct UngrokTimeSizes {
  TaskNetwork network;
  SeedRange seeds;
  std::int64_t parent_rows = 0, parent_steps = 0;
  std::int64_t rows = 0;        ///< D' of every fork, well below D_crit
  std::vector<Pace> paces;      ///< weight decay above 0; some share a learning rate, some a weight decay
  std::int64_t steps = 0;       ///< of a fork at eta lambda = 1e-3; in inverse proportion elsewhere
  std::int64_t resolution = 0;  ///< steps between evaluations at eta lambda = 1e-3; in inverse proportion elsewhere
};
template <class F>
void visit_fields(UngrokTimeSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("rows", s.rows);
  field("paces", s.paces);
  field("steps", s.steps);
  field("resolution", s.resolution);
}
std::string complaint(const UngrokTimeSizes& s);

struct PacedRun {
  RunIndex run = 0;
  std::int64_t seed = 0;
  Pace pace;
};
struct UngrokTimeRuns {
  std::vector<PacedRun> forks;     ///< seeds x paces
  std::vector<PacedRun> controls;  ///< seeds, without weight decay
};

/// NaN where the run failed.
struct UngrokTime {
  std::int64_t seed = 0;
  Pace pace;
  double time = 0;      ///< steps until test accuracy is half of what it was at the fork, between records straight; NaN
                        ///< if it is not within the run
  double accuracy = 0;  ///< on test rows at the end
  double fall = 0;      ///< from the fork to the end
};
template <class F>
void visit_fields(UngrokTime& t, F&& field) {
  field("seed", t.seed);
  field("pace", t.pace);
  field("time", t.time);
  field("accuracy", t.accuracy);
  field("fall", t.fall);
}

struct UngrokTimeMeasurement {
  UngrokTimeSizes sizes;
  std::vector<UngrokTime> forks;     ///< seeds x paces
  std::vector<UngrokTime> controls;  ///< seeds
};
template <class F>
void visit_fields(UngrokTimeMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("forks", m.forks);
  field("controls", m.controls);
}

UngrokTimeSizes ungrok_time_sizes(const Scale& scale);
UngrokTimeRuns plan(SweepPlan& plan, const UngrokTimeSizes& sizes);
UngrokTimeMeasurement measure(const RunResults& results, const UngrokTimeSizes& sizes, const UngrokTimeRuns& runs);
Judgement judge(const UngrokTimeMeasurement& measurement);
std::vector<report::Chart> figures(const UngrokTimeMeasurement& measurement);

Claim claim_ungrok_time();

}  // namespace groklab::studies::transition_laws
