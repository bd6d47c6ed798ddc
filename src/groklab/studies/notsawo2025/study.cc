// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/notsawo2025/study.h"

#include "groklab/studies/notsawo2025/claims.h"

namespace groklab::studies::notsawo2025 {
namespace {

constexpr const char* kMethod =
    "Adam, no decoupled decay; a penalty joins the loss: the sum of absolute values (L1), of singular values of all "
    "matrices (nuclear), or half of the squares (L2), times a weight. T_fit is where training accuracy comes to be "
    "held "
    "at 0.99, T_grok where test accuracy comes to be held at 0.9. Exponents are of each seed, over weights; runs that "
    "do "
    "not generalise enter as times above their budget.";

constexpr const char* kRecipe =
    "Addition mod 97, 40 % of the rows, a small network with embeddings, Adam, weights of the penalty from 5e-9 to "
    "1e-4; "
    "the theory is of gradient descent.";

constexpr const char* kDifferences =
    "A ReLU MLP on concatenated embeddings; quick: p = 31 with 70 % of the rows, as smaller tables need more. Weights "
    "of "
    "the penalties are ours, L1 from 1e-6 to 1e-4, L2 from 1e-5 to 1e-3; ten times more keeps networks from fitting. "
    "All tensors are penalised, biases too (nuclear: matrices).";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = no_proxy_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "notsawo2025",
          .title = "Grokking beyond the Euclidean norm",
          .citation = "Notsawo et al. (2025)",
          .summary = "Three claims: L1 and nuclear penalties, delay against their weight, what the norm does",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_each_norm(), claim_inverse(), claim_no_proxy()}};
}

}  // namespace groklab::studies::notsawo2025
