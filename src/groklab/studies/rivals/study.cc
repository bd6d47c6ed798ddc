// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/rivals/study.h"

#include "groklab/studies/rivals/claims.h"

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
    "a run has generalised, which favours it.";

constexpr const char* kRecipe =
    "Each account was published with networks and sweeps of its own: held norms, temperatures at a held norm, sweeps "
    "of "
    "learning rate and weight decay.";

constexpr const char* kDifferences =
    "Free runs, no norm is held: an account is asked of conditions that it was not made for. Rivals for D_crit are not "
    "scored here.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = rival_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "rivals",
          .title = "What explains grokking?",
          .citation = "Three publications of 2026",
          .summary = "Three rival accounts of the delay, scored out of sample on the same 18 conditions",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_rate(), claim_norm(), claim_logit()}};
}

}  // namespace groklab::studies::rivals
