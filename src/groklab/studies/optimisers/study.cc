// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/optimisers/study.h"

#include "groklab/studies/optimisers/claims.h"

namespace groklab::studies::optimisers {
namespace {

constexpr const char* kMethod =
    "Each optimiser runs the same seeds over a grid of learning rates. The rate of a seed is that at which the other "
    "seeds generalise soonest (mean of ln T_grok), so that no optimiser is judged on the seed its rate was chosen on. "
    "T_grok is where test accuracy comes to be held at 0.9, to within 2.3 % (100 evaluation steps per decade). Steps "
    "are "
    "compared: a step of SAM takes two gradients. Runs that do not generalise count with their budget.";

constexpr const char* kRecipe =
    "Muon: a transformer with rotary embeddings on seven tasks mod 97, three softmaxes, learning rates as set there. "
    "Grokfast: a two-layer transformer, multiplication mod 97, Adam with weight decay 0.005 against a baseline without "
    "a tuned decay; average 0.98, factor 2.";

constexpr const char* kDifferences =
    "All optimisers train the same ReLU MLP on x + y (quick: p = 31, 70 % of the rows) with decoupled weight decay 1 "
    "and "
    "full batches; Grokfast with its published average and factor filters the gradient of AdamW. Every optimiser has "
    "five learning rates; weight decay is not tuned.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = muon_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "optimisers",
          .title = "Which optimiser groks soonest?",
          .citation = "Three publications, two objections",
          .summary = "Two claims: Muon and Grokfast against AdamW, each at its best learning rate",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_muon(), claim_grokfast()}};
}

}  // namespace groklab::studies::optimisers
