// Claim dcrit-networks: equal objectives predict D_crit on networks that the reproduction did not have, small ones,
// groups and operations without a symmetry among them, and do so at every size. Definitions, runs and measurement are
// those of varma2023's claim dcrit (docs/decisions/dcrit.md).
#pragma once

#include "groklab/studies/varma2023/dcrit.h"
#include "groklab/studies/varma2023/dcrit_summary.h"

namespace groklab::studies::varma2023_audit {

/// Slope of ln(predicted / observed) over ln D below which the prediction counts as right at every size. The exponent
/// that counts as flat elsewhere (varma2023, kFlatExponent): over a factor of ten in D it is 26 % of D_crit.
inline constexpr double kSlopeWithin = 0.1;

varma2023::DcritSizes network_sizes(const Scale& scale);
Judgement judge_networks(const varma2023::DcritMeasurement& measurement);

Claim claim_dcrit_networks();

}  // namespace groklab::studies::varma2023_audit
