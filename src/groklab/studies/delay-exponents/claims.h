// The claims of the study on exponents, one publication's law each. Margins are fixed before a run is looked at: half
// the way to what the next publication says, so that two disagreeing laws cannot both be confirmed.
#pragma once

#include "groklab/studies/delay-exponents/conditions.h"

namespace groklab::studies::delay_exponents {

/// Half of |-1 - -0.757|, what lies between the law and the next published exponent of lambda.
inline constexpr double kInverseDecayMargin = 0.12;
/// Half of |-1 - -0.50|, both published for eta.
inline constexpr double kRateMargin = 0.25;
/// Half of |-0.64 - -0.757|.
inline constexpr double kDecayMargin = 0.0585;
/// Half of the step to the next whole power.
inline constexpr double kRowsMargin = 0.5;
/// Half of the published exponent: nearer to it than to none.
inline constexpr double kWidthMargin = 0.135;
/// "Hardly a run" generalises: fewer than half.
inline constexpr double kRareFraction = 0.5;

ConditionSizes inverse_rate_sizes(const Scale& scale);
Judgement judge_inverse_rate(const ConditionMeasurement& measurement);
ConditionSizes four_exponents_sizes(const Scale& scale);
Judgement judge_four_exponents(const ConditionMeasurement& measurement);
ConditionSizes decay_exponent_sizes(const Scale& scale);
Judgement judge_decay_exponent(const ConditionMeasurement& measurement);
ConditionSizes critical_decay_sizes(const Scale& scale);
Judgement judge_critical_decay(const ConditionMeasurement& measurement);

Claim claim_inverse_rate();
Claim claim_four_exponents();
Claim claim_decay_exponent();
Claim claim_critical_decay();

}  // namespace groklab::studies::delay_exponents
