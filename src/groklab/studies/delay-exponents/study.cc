// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/delay-exponents/study.h"

#include "groklab/studies/delay-exponents/claims.h"

namespace groklab::studies::delay_exponents {
namespace {

constexpr const char* kMethod =
    "One hyper-parameter at a time is moved away from a base condition, the same seeds everywhere, so that a seed has "
    "an exponent of its own: the slope of ln T over ln of the hyper-parameter. Runs that do not generalise within "
    "their budget, which grows as 1 / (eta lambda), enter as times above it (a maximum-likelihood fit of censored "
    "data); figures show Kaplan and Meier&#39;s medians. T_fit is where training accuracy comes to be held at 0.99, "
    "T_grok where test accuracy comes to be held at 0.9, both to within 4 % (60 evaluation steps per decade).";

constexpr const char* kRecipe =
    "1 / (eta lambda): p = 97, a network with LayerNorm, learning rate 1e-3, lambda 0.1, 0.3, 0.5, 1. Four exponents: "
    "two-layer MLPs on modular arithmetic, 384 configurations crossed, three widths. lambda^-0.757 and lambda_c: "
    "decoder-only transformers of 0.82 to 85 million parameters on modular arithmetic, four values of lambda from 0.1 "
    "to 2, and N = 210 runs around the threshold.";

constexpr const char* kDifferences =
    "All three laws are asked of the same small networks: an MLP on concatenated embeddings without LayerNorm, full "
    "batches, AdamW with betas 0.9 and 0.98, p = 31 at scale quick and 97 at scale standard. Ranges are published in "
    "part only: lambda is theirs, eta, D and H are ours, and at p = 31 the fractions of rows are larger, as smaller "
    "tables need. Exponents are taken one hyper-parameter at a time, not from a regression over a crossed grid. The "
    "threshold is asked with a budget that grows as 1 / lambda; the publication's is one for all.";

ScaleFacts facts(const Scale& scale) {
  const ConditionSizes sizes = base_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "delay-exponents",
          .title = "How long grokking takes",
          .citation = "Three publications of 2026",
          .summary = "Four claims: T_grok against learning rate, weight decay, rows and width",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_inverse_rate(), claim_four_exponents(), claim_decay_exponent(), claim_critical_decay()}};
}

}  // namespace groklab::studies::delay_exponents
