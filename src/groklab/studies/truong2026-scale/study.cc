// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/truong2026-scale/study.h"

#include "groklab/studies/truong2026-scale/claims.h"

namespace groklab::studies::truong2026_scale {
namespace {

constexpr const char* kMethod =
    "The weight norm is held from step 500 on; a temperature tau divides the logits before the loss from the first "
    "step "
    "on and is no part of the norm. The logit scale is the mean over all rows of the Euclidean norm of the divided "
    "logits, at the end of a run, which is where test accuracy has been held at 0.9 for three evaluation steps. Of "
    "each "
    "seed: T0 at norm 1, T1 at 1.15, and T2, read off the curve of time against logit scale over temperatures at norm "
    "1.15, where the scale is that of norm 1. The recovered fraction is (T1 - T2) / (T1 - T0).";

constexpr const char* kRecipe =
    "x + y mod 59 (and 97), 40 % of the rows, an MLP on concatenated embeddings (d 128, H 256, GELU, biases), AdamW "
    "with "
    "learning rate 1e-3, betas 0.9 and 0.999, weight decay 1, full batches, float32; 12 seeds; rho 1 and 1.15, tau 1 "
    "to "
    "1.7; cross-entropy, and squared error summed over classes.";

constexpr const char* kDifferences =
    "Network, optimiser, held norms and temperatures are the published ones, p = 59 alone. Squared error is the mean "
    "over "
    "classes, with an epsilon 59 times smaller, the same for AdamW. The logit scale is taken at the end of a run, "
    "there at the "
    "median time of a cell. Recoveries are taken seed by seed, there of medians. Quick: four seeds, tau 1, 1.5 and 1.7 "
    "at norm 1.15, and 1 and 1.7 at norm 1.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = mediation_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "truong2026-scale",
          .title = "Norm or logit scale?",
          .citation = "Truong (2026b)",
          .summary = "Three claims: temperature takes the norm's delay back, not under squared error, one curve",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_mediation(), claim_squared(), claim_collapse()}};
}

}  // namespace groklab::studies::truong2026_scale
