// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/prieto2025/study.h"

#include "groklab/studies/prieto2025/claims.h"
#include "groklab/studies/prieto2025/collapse.h"

namespace groklab::studies::prieto2025 {
namespace {

constexpr const char* kMethod =
    "Networks are trained without weight decay and without any other penalty. A run generalises where its test "
    "accuracy comes to be held at 0.9. A training row has collapsed if its softmax&#39;s sum is exactly that of its "
    "largest class, in the number format of the softmax. Orthogonal gradients: of each tensor&#39;s gradient the part "
    "along the tensor is taken out, and the rest given its length. Formats of 16 bits are emulated, correctly rounded: "
    "with sums in float32, as PyTorch on GPUs, which the publication used, or with the sum rounded too, as on CPUs.";

constexpr const char* kRecipe =
    "x + y mod 113, 40 % of the rows (Fig. 2: also 60 and 70 %), two-hot input, ReLU MLP with two hidden layers of "
    "200, AdamW without weight decay, epsilon 1e-25, full batches. StableMax: learning rate 0.01, beta2 0.999, 80,000 "
    "steps; orthogonal gradients: 0.01, beta2 0.99, 300 steps; collapse: 5e-4, beta2 0.99, 20,000 steps, logits of "
    "float32 cast to the format of the log softmax; cross-entropy in float32 elsewhere.";

constexpr const char* kDifferences =
    "Embeddings of 64 (128 at scale standard) in place of two-hot input and a first layer, one hidden layer behind "
    "them (collapse at standard: two, and biases that the repository has not); quick: p = 31 with 90 % of the rows, as "
    "small tables need more. StableMax is computed in float32, there in float64. Budgets at quick: 40,000 steps for "
    "StableMax, 10,000 for cross-entropy, which has no gradient left by then. Epsilon 1e-25 in all formats, there "
    "1e-30 "
    "at 40 %.";

ScaleFacts facts(const Scale& scale) {
  const TimedSizes sizes = stable_max_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {
      .id = "prieto2025",
      .title = "At the edge of numerical stability",
      .citation = "Prieto et al. (2025)",
      .summary = "Four claims without weight decay: StableMax, orthogonal gradients, softmax collapse and its cause",
      .method = kMethod,
      .recipe = kRecipe,
      .differences = kDifferences,
      .scales = {"smoke", "quick", "standard"},
      .unjudged_scales = {"smoke"},
      .facts = facts,
      .claims = {claim_stable_max(), claim_orthogonal(), claim_collapse(), claim_absorption()}};
}

}  // namespace groklab::studies::prieto2025
