// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/transition-laws/study.h"

#include "groklab/studies/transition-laws/hysteresis.h"
#include "groklab/studies/transition-laws/ungrok_time.h"

namespace groklab::studies::transition_laws {
namespace {

constexpr const char* kMethod =
    "One-layer transformers learn x + y modulo p from 82 % of the rows with AdamW and generalise. Forks go on with "
    "fewer "
    "rows of the same nested split. For times, at constant learning rates and weight decays, evaluated finely enough "
    "that the grid of steps does not set the exponent. For states at rest, with a learning rate of 2e-3 that falls by "
    "a "
    "cosine, beside networks that were trained from scratch in the same way on as many rows. A state counts if "
    "objective, norm and balance of circuits have stopped moving.";

constexpr const char* kRecipe =
    "Varma et al. (2023) describe ungrokking and its dependence on the path without these numbers. Their figure of "
    "several weight "
    "decays is of p = 113.";

constexpr const char* kDifferences =
    "Small networks (p = 23, d_model 32; scale full: p = 31, d_model 48), so that both sides come to rest. Quick has "
    "five "
    "seeds and four or five sizes a path; said beforehand, it should decide all tests. Its first look at two states "
    "left "
    "the headline undecided, as forks had not come to rest; it was asked again, of longer runs and fresh seeds.";

ScaleFacts facts(const Scale& scale) {
  const UngrokTimeSizes sizes = ungrok_time_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "transition-laws",
          .title = "How the transition at D_crit goes",
          .citation = "A question of our own",
          .summary = "What sets the time to ungrok, and whether both paths end in one state",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard", "full"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_ungrok_time(), claim_hysteresis()}};
}

}  // namespace groklab::studies::transition_laws
