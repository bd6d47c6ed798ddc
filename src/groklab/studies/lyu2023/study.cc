// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/lyu2023/study.h"

#include "groklab/studies/lyu2023/claims.h"

namespace groklab::studies::lyu2023 {
namespace {

constexpr const char* kMethod =
    "All initial weights are multiplied by alpha; the network has no biases, so that its output grows as the third "
    "power "
    "of a common factor. Of each seed the slope of T_grok over ln alpha, times eta lambda, which the theory says is 1. "
    "T_grok is where test accuracy comes to be held at 0.9, to within 2.3 % (100 evaluation steps per decade).";

constexpr const char* kRecipe =
    "Gradient flow with a small weight decay on homogeneous networks, initial weights alpha theta_0, alpha large. "
    "Shown on "
    "diagonal linear networks and matrix completion, and on modular addition with a two-layer network.";

constexpr const char* kDifferences =
    "AdamW with decoupled decay in place of gradient flow: its updates do not grow with the gradient, and the norm "
    "decays "
    "as exp(-eta lambda t) while they are small. A ReLU MLP on concatenated embeddings, x + y (quick: p = 31, 70 % of "
    "the "
    "rows), learning rate 1e-3, alpha from 8 to 64. No diagonal network, whose theory has closed forms, is run.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = log_scale_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "lyu2023",
          .title = "Early kernel, late rich",
          .citation = "Lyu et al. (2023)",
          .summary = "One claim: T_grok grows as ln(initial scale) / (eta lambda)",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_log_scale()}};
}

}  // namespace groklab::studies::lyu2023
