// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/truong2026-clamp/study.h"

#include "groklab/studies/truong2026-clamp/claims.h"

namespace groklab::studies::truong2026_clamp {
namespace {

constexpr const char* kMethod =
    "From step 500 on the weights E, W1 and W2 are scaled together after each update to rho times the published norm "
    "at which free runs generalise; the optimiser&#39;s moments stay. A seed runs every norm, so it has an exponent of "
    "its own: the slope of ln T_grok over rho. T_grok is where test accuracy comes to be held at 0.9, to 4 % (60 "
    "evaluation steps per decade). Runs beyond their budget enter as times above it.";

constexpr const char* kRecipe =
    "x + y mod 59, 40 % of the rows, an MLP on concatenated embeddings (d 128, H 256, GELU, biases), AdamW with "
    "learning rate 1e-3, betas 0.9 and 0.999, weight decay 1 on E, W1 and W2, full batches, float32, framework&#39;s "
    "cross-entropy; 16 seeds (12 over moduli).";

constexpr const char* kDifferences =
    "Network, optimiser, held norms and budgets are the published ones. Initial weights have 1.4 (W1) and 2.1 (W2) "
    "times the published deviation, for 500 steps. The first step at 0.9 is taken there, here the first that holds for "
    "three evaluations. Quick: four seeds, three of ten norms, one modulus for the exponent, rho up to 1.05.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = base_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "truong2026-clamp",
          .title = "A held norm sets the delay",
          .citation = "Truong (2026a)",
          .summary = "Three claims: exp(alpha rho), a floor, the norm of free runs",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_delay_law(), claim_any_norm(), claim_critical_norm()}};
}

}  // namespace groklab::studies::truong2026_clamp
