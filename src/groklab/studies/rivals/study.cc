// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/rivals/study.h"

#include "groklab/studies/rivals/claims.h"
#include "groklab/studies/rivals/dcrit_accounts.h"

namespace groklab::studies::rivals {
namespace {

constexpr const char* kMethod =
    "The same seeds run all conditions: learning rate, weight decay, initial scale, temperature, rows and width, one "
    "or two "
    "of them away from a base. Each account is a regression of ln T_grok with an intercept; it is fitted to all "
    "conditions "
    "of a seed but one and predicts that one. Its error is the root mean square over conditions, one number per seed. "
    "The "
    "norm is that of all parameters where the rows are fitted; the logit scale is the mean centred correct logit of "
    "training rows over the temperature, midway from T_fit to T_grok on a logarithmic axis, so that it is known only "
    "once "
    "a run has generalised, which favours it. Accounts of D_crit are scored over networks of different tasks and "
    "widths, "
    "each with the mean over its seeds: runs and observation are those of varma2023&#39;s claim dcrit. The constant of "
    "an account that has one is fitted to the other networks.";

constexpr const char* kRecipe =
    "Each account was published with networks and sweeps of its own: held norms, temperatures at a held norm, sweeps "
    "of "
    "learning rate and weight decay.";

constexpr const char* kDifferences =
    "Free runs, no norm is held: an account is asked of conditions that it was not made for. Of "
    "D_crit, networks are small transformers: three rivals predict it from the size of the task or of the table. "
    "Quick has eight networks with two seeds; said beforehand, tests of D_crit should stay undecided there, as all but "
    "one "
    "of those that count did with the twelve networks of scale standard, and those of the delay be decided.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = rival_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "rivals",
          .title = "What explains grokking?",
          .citation = "Five publications",
          .summary =
              "Rival accounts of the delay on the same 18 conditions and of D_crit on the same networks, scored out of "
              "sample",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard", "full"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_rate(), claim_norm(), claim_logit(), claim_dcrit_rivals()}};
}

}  // namespace groklab::studies::rivals
