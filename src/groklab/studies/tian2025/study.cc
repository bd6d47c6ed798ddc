// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/tian2025/study.h"

#include <fmt/format.h>

#include "groklab/studies/tian2025/claims.h"

namespace groklab::studies::tian2025 {
namespace {

constexpr const char* kMethod =
    "Networks of one hidden layer with quadratic neurons learn x + y modulo M from 2.25 to 4.5 times M ln M rows. The "
    "threshold "
    "of a seed and modulus is where a sigmoid in the logarithm of the rows, fitted to the final test accuracies, is "
    "half-way "
    "from guessing to 1. Three laws are scored on the same thresholds: c M ln M, c M and c M^2, each with the constant "
    "of the "
    "seed&#39;s other moduli.";

constexpr const char* kRecipe =
    "Modular addition and other groups; two-hot input, 512 quadratic neurons, no biases, PyTorch&#39;s initial "
    "weights, "
    "cross-entropy, Adam at learning rate 0.001 with L2 of 1e-4, full batches, 3,000 steps: the defaults of the "
    "repository, which "
    "splits the table at 2.7482 M ln M rows if asked to. The figures&#39; own settings may differ.";

constexpr const char* kDifferences =
    "5,000 steps instead of 3,000, so that test accuracy rests at every modulus. Modular addition alone, M = 23 to 71 "
    "(to 113 at scale standard). Which test accuracy marks the published threshold is not known; here it is one half.";

ScaleFacts facts(const Scale& scale) {
  const ThresholdSizes sizes = threshold_sizes(scale);
  return {fmt::format("MLP on two-hot inputs, x + y mod {} to {}, {} neurons, quadratic", sizes.moduli.front(),
                      sizes.moduli.back(), sizes.neurons),
          sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "tian2025",
          .title = "How many rows it takes to find the rule",
          .citation = "Tian (2025)",
          .summary = "Two claims on the rows from which networks generalise: M log M, and its constant",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_shape(), claim_constant()}};
}

}  // namespace groklab::studies::tian2025
