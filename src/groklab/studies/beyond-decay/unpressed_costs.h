// Claim costs: what both circuits cost where training presses on no norm, and whether they cost the same where networks
// turn.
#pragma once

#include "groklab/studies/beyond-decay/pressures.h"

namespace groklab::studies::beyond_decay {

/// Networks of pilots (seeds 11 and 12) had 5,900 to 8,100 under StableMax; kReferenceMargin lies outside the factors
/// by which networks are scaled.
inline constexpr double kStableMaxMargin = 5000;
/// Learning rate of orthogonal gradients at which pilots fitted all random labels; at 2e-3 they fitted three quarters.
inline constexpr double kFittingRate = 0.01;

/// Test accuracy, without dropout, from which a fork's cost is that of the generalising circuit: under dropout forks on
/// all of the parent's rows had 0.88 to 0.94 in pilots.
inline constexpr double kGeneralisedByDropout = 0.8;

/// The networks and forks of pressure_sizes without a pressure on a norm. Two are expected to turn (`counts`):
/// StableMax, whose costs are compared at a margin that its networks have, and dropout, whose circuit counts as one
/// that generalises from an accuracy of 0.9 without dropout. Two are not: orthogonal gradients, at a learning rate at
/// which they fit random labels, and nothing at all.
PressureSizes unpressed_cost_sizes(const Scale& scale);
Judgement judge_unpressed_costs(const PressureMeasurement& measurement);

Claim claim_unpressed_costs();

}  // namespace groklab::studies::beyond_decay
