// Rival accounts of the critical data-set size, scored by what they predict of networks that they were not fitted to.
// Runs and measurement are those of varma2023's claim dcrit, for more networks and with pure states for each.
#pragma once

#include <string>
#include <vector>

#include "groklab/studies/varma2023/dcrit.h"
#include "groklab/studies/varma2023/dcrit_summary.h"

namespace groklab::studies::rivals {

/// What an account says D_crit is. Observed is the size at which resting networks hold half of each circuit (rho = 1).
enum class DcritAccount {
  kObjectives,        ///< F_G = F_M of two kinds of resting states, no constant (docs/decisions/dcrit.md)
  kPureStates,        ///< equal norms at equal margin of random labels and of generalising networks, no constant; not
                      ///< those alone that pass the paper's filter, as few small ones do
  kScaledObjectives,  ///< one constant times the first
  kScaledPureStates,  ///< one constant times the second
  kScaledRace,        ///< one constant times the size at which T_fit = T_grok
  kRace,              ///< the same without a constant
  kLogClasses,        ///< c M ln M, M classes
  kTable,             ///< c N, N rows of the table
  kConstant,          ///< the same size for every network
};
inline constexpr DcritAccount kDcritAccounts[] = {DcritAccount::kObjectives, DcritAccount::kScaledObjectives,
                                                  DcritAccount::kPureStates, DcritAccount::kScaledPureStates,
                                                  DcritAccount::kScaledRace, DcritAccount::kRace,
                                                  DcritAccount::kLogClasses, DcritAccount::kTable,
                                                  DcritAccount::kConstant};
const char* account_name(DcritAccount account);

/// ln(predicted / observed D_crit) of each network, NaN where either is unknown. A constant is fitted to the other
/// networks: the mean of their ln(observed / what the account is proportional to). [networks]
std::vector<double> out_of_sample_errors(const varma2023::DcritSummary& summary, DcritAccount account);

varma2023::DcritSizes dcrit_rival_sizes(const Scale& scale);
Judgement judge_dcrit(const varma2023::DcritMeasurement& measurement);

Claim claim_dcrit_rivals();

}  // namespace groklab::studies::rivals
