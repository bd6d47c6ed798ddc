// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/beyond-decay/study.h"

#include <algorithm>

#include "groklab/studies/beyond-decay/claims.h"
#include "groklab/studies/beyond-decay/images.h"
#include "groklab/studies/beyond-decay/unpressed_costs.h"

namespace groklab::studies::beyond_decay {
namespace {

constexpr const char* kMethod =
    "A ReLU MLP on concatenated embeddings learns x + y modulo p from 80 % of the rows with AdamW and generalises. "
    "From "
    "there it goes on with D&#39; rows of the same nested split under each pressure, with Adam at a learning rate of "
    "2e-3 that falls by a cosine. D_crit is observed where the generalising circuit gives half of the training "
    "rows&#39; "
    "mean correct logit (rho = 1). It is predicted where a network that was trained on random labels under the same "
    "pressure has, scaled to a mean margin of 10, the same norm as the fork on all of the parent&#39;s rows; the norm "
    "is "
    "Euclidean, the sum of absolute values, or the sum of singular values. Where what is minimised is known, the size "
    "at "
    "which resting states of both kinds have equal objectives stands beside.";

constexpr const char* kRecipe =
    "Varma et al. ungrok transformers (p = 113) under AdamW with weight decay. L1 and nuclear penalties are those of "
    "Notsawo et al. (arXiv:2506.05718), StableMax and orthogonal gradients those of Prieto et al. (arXiv:2501.04697); "
    "neither ungroks anything.";

constexpr const char* kDifferences =
    "One small MLP (quick: p = 19, d_model 20, 64 hidden, no biases; standard: p = 23, d_model 24, 64 hidden), and "
    "digits "
    "of 8 x 8 pixels. All forks start from networks that AdamW trained, so that what differs is what presses on them "
    "afterwards. A fork counts as at rest by its objective, norm and balance of circuits; under a cap by the balance "
    "alone; where no norm is pressed on nothing comes to rest, and forks are read after so many steps. Quick has four "
    "seeds and one pressure for each norm; said beforehand, it should leave undecided the falls under dropout and a "
    "capped "
    "norm, whether the nuclear norm beats the Euclidean one, whether a norm beats a constant, and StableMax's costs.";

ScaleFacts facts(const Scale& scale) {
  const PressureSizes sizes = pressure_sizes(scale);
  // From the first seed of any claim on: quick has claims of two looks.
  SeedRange seeds = sizes.seeds;
  seeds.first = std::min(seeds.first, unpressed_cost_sizes(scale).seeds.first);
  return {sizes.network.name, seeds};
}

}  // namespace

Study study() {
  return {.id = "beyond-decay",
          .title = "Circuit efficiency beyond weight decay",
          .citation = "A question of our own",
          .summary = "Ungrokking and D_crit under other penalties, a capped norm, dropout and without any decay",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard", "full"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_pressed(), claim_unpressed(), claim_norms(), claim_unpressed_costs(), claim_images()}};
}

}  // namespace groklab::studies::beyond_decay
