// Three claims on a network that generalises and is put on fewer rows: pressures on any norm ungrok it, nothing does
// without one, and the norm that is pressed on says at which size.
#pragma once

#include <string>
#include <vector>

#include "groklab/studies/beyond-decay/pressures.h"

namespace groklab::studies::beyond_decay {

/// Half of all test rows, as varma2023's claim ungrokking has it.
inline constexpr double kFall = 0.5;
/// A prediction within half an octave of the transition: neighbouring sizes D' are a factor of 1.4 apart, so that one
/// farther off names another size than the one at which networks turn.
inline constexpr double kNear = 1.5;

/// Mean over those pressures that press on a norm (of `only`, if it is not "") of a seed's |ln(predicted / observed)|
/// by one norm; nullptr: by the norm that each presses on. NaN for a seed without any. [seeds]
std::vector<double> size_errors(const PressureMeasurement& m, double CircuitCost::*norm, const std::string& only = "");
/// The same by equal objectives, over pressures whose objective is known. [seeds]
std::vector<double> objective_errors(const PressureMeasurement& m);
/// The same by the geometric mean of the seed's other pressures. [seeds]
std::vector<double> constant_errors(const PressureMeasurement& m);

/// Fills seeds, censoring, restless runs and each pressure's sizes (data "pressures": geometric means over seeds).
void finish_pressures(const PressureMeasurement& m, Judgement& result);

Judgement judge_pressed(const PressureMeasurement& measurement);
Judgement judge_unpressed(const PressureMeasurement& measurement);
Judgement judge_norms(const PressureMeasurement& measurement);

Claim claim_pressed();
Claim claim_unpressed();
Claim claim_norms();

}  // namespace groklab::studies::beyond_decay
