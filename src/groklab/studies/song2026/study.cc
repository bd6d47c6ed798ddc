// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/song2026/study.h"

#include "groklab/studies/song2026/claims.h"

namespace groklab::studies::song2026 {
namespace {

constexpr const char* kMethod =
    "Each network is trained twice from one seed: on the task, and on the same "
    "rows with random labels. T_mem is the "
    "step at which 99 % of the random labels are first right, T_fit and T_gen "
    "those at which 99 % of the task&#39;s "
    "training rows and 98 % of its test rows are. P is the number of "
    "parameters. The crossing is where T_mem = T_gen, "
    "the onset where T_gen = 2 T_fit, both from the wide side, between two "
    "networks on logarithmic axes.";

constexpr const char* kRecipe =
    "x / y mod p, ten primes from 97 to 139, half of the rows, ten seeds; "
    "transformer of two layers and one head, "
    "widths 20 to 256, rotary positions, RMSNorm and gated MLPs with dropout "
    "0.2; AdamW, learning rate 1e-3, beta2 "
    "0.98, weight decay 1, batches of 512, 5,000 epochs. T_mem: as many random "
    "sequences with random targets among "
    "p + 2 tokens. The onset is the first size behind the last at which the "
    "delay of some seed is 0.";

constexpr const char* kDifferences =
    "Quick: an MLP with one hidden layer on p = 23, 31 and 41 with 70 or 80 % "
    "of the rows in full batches, dropout in "
    "one condition of five; small tables need more rows. Standard: the "
    "transformer with learned positions, LayerNorm "
    "and plain MLPs, which groklab has in place of rotary ones, RMSNorm and "
    "gates. Random labels are on the same rows "
    "and among p classes, and all accuracies are without dropout; there those "
    "of random labels are with it, which makes "
    "T_mem longer. A delay is a factor of 2, as with 0 the onset would be "
    "where evaluation steps lie. One-hot: a ReLU layer on both inputs as one-hot "
    "vectors, 64 to 192 neurons.";

ScaleFacts facts(const Scale& scale) {
  const RaceSizes sizes = race_sizes(scale);
  return {sizes.network, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "song2026",
          .title = "A race of two speeds",
          .citation = "Song and Ye (2026)",
          .summary =
              "Whether grokking begins where memorising becomes faster "
              "than generalising",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_race(), claim_sides(), claim_speeds(), claim_one_hot()}};
}

}  // namespace groklab::studies::song2026
