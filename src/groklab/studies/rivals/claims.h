// Rival accounts of how long grokking takes, scored on the same runs by what they predict of conditions that they were
// not fitted to.
#pragma once

#include <string>
#include <vector>

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::rivals {

/// A rival explains the delay if its error is less than half of that of a constant, which knows no condition at all.
inline constexpr double kHalfOfConstant = 0.5;

/// What an account says the time depends on. All but the first two have a free exponent.
enum class Rival {
  kConstant,      ///< the same time under all conditions
  kRateLaw,       ///< 1 / (eta lambda), the exponent -1 as published
  kRate,          ///< a power of eta lambda
  kNorm,          ///< exponential in the norm of all parameters at T_fit
  kLogitScale,    ///< exponential in the logits that the loss sees, midway from T_fit to T_grok
  kRateAndLogit,  ///< a power of eta lambda times an exponential of the logit scale
};
inline constexpr Rival kRivals[] = {Rival::kConstant, Rival::kRateLaw,    Rival::kRate,
                                    Rival::kNorm,     Rival::kLogitScale, Rival::kRateAndLogit};
const char* rival_name(Rival rival);

/// One of the conditions, away from the base in one hyper-parameter or two.
struct RivalCondition {
  std::string name;
  double learning_rate = 1e-3, weight_decay = 1, initial_scale = 1, temperature = 1;
  std::int64_t rows = 0, width = 0;  ///< 0: those of the base
};
std::vector<RivalCondition> conditions_of(const Scale& scale);

/// Root mean square over conditions of a seed's ln T_grok less what a rival predicts, fitted by least squares to the
/// seed's other conditions. NaN with a condition that did not generalise. [seeds]
std::vector<double> out_of_sample_errors(const TimedMeasurement& measurement, Rival rival);

TimedSizes rival_sizes(const Scale& scale);
Judgement judge_rate(const TimedMeasurement& measurement);
Judgement judge_norm(const TimedMeasurement& measurement);
Judgement judge_logit(const TimedMeasurement& measurement);

Claim claim_rate();
Claim claim_norm();
Claim claim_logit();

}  // namespace groklab::studies::rivals
