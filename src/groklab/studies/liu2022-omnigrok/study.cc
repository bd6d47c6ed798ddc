// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/liu2022-omnigrok/study.h"

#include "groklab/studies/liu2022-omnigrok/claims.h"

namespace groklab::studies::liu2022_omnigrok {
namespace {

constexpr const char* kMethod =
    "Initial weights are all multiplied by one factor, with AdamW and weight decay 1; or the norm of all parameters is "
    "held "
    "from the first step on, without weight decay. On digits the loss is the squared error, weight decay 0.1. T_fit is "
    "where training accuracy comes to be held at 0.99, T_grok "
    "where "
    "test accuracy comes to be held at 0.9, on digits at 0.85.";

constexpr const char* kRecipe =
    "Modular addition, images (1,000 digits, initial weights 8 times as large), sentiment and molecules; the initial "
    "norm is "
    "varied, or held during training.";

constexpr const char* kDifferences =
    "Modular addition and digits of 8 x 8 pixels. A ReLU MLP on concatenated embeddings, AdamW with learning rate 1e-3 "
    "(quick: p = 31, 70 % of the rows). The held norms are ours, from one at "
    "which rows are hardly fitted to one above that of free runs.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = held_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "liu2022-omnigrok",
          .title = "Omnigrok: initial and held norms",
          .citation = "Liu et al. (2022)",
          .summary =
              "Initial scale lengthens grokking, on modular addition and on digits; a held norm takes the delay away",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_initial(), claim_held(), claim_images()}};
}

}  // namespace groklab::studies::liu2022_omnigrok
