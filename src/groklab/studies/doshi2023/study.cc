// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/doshi2023/study.h"

#include "groklab/studies/doshi2023/claims.h"

namespace groklab::studies::doshi2023 {
namespace {

constexpr const char* kMethod =
    "A network of one hidden layer with quadratic neurons learns x + y modulo 97 from half of the table, where a part "
    "of the "
    "labels is wrong. Corrupted rows are training rows with a wrong label: answered with it, they are memorised noise; "
    "answered with the true label, they are corrected. A neuron&#39;s ratio is the inverse participation ratio of the "
    "Fourier transform of its weights, the mean over its weights from x, from y and to the classes: near 1 for a "
    "neuron "
    "that knows one frequency, near 0 for one that knows none. Neurons are taken away by that ratio, from the lowest "
    "or "
    "from the highest on, or at random.";

constexpr const char* kRecipe =
    "x + y mod 97, 50 % of the rows, 35 % of their labels drawn at random; two-hot input, 500 quadratic neurons, no "
    "biases, mean squared error, AdamW at learning rate 0.01, betas 0.9 and 0.98, full batches; 1,000 steps without "
    "weight "
    "decay, 500 with 5 and 15, 5,000 with 20. Initial weights normal with standard deviation 0.05. One seed.";

constexpr const char* kDifferences =
    "Labels are wrong for 35 % of the whole table, so that of a seed&#39;s training rows a little more or less are, "
    "and a "
    "wrong label is never the true one by chance. Initial weights are uniform by each layer&#39;s inputs (standard "
    "deviations 0.058 and 0.036, with about the same product). BatchNorm, dropout, "
    "minibatches and the "
    "transformer of the publication are not run.";

ScaleFacts facts(const Scale& scale) {
  const NoiseSizes sizes = coexistence_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {.id = "doshi2023",
          .title = "Memorising and generalising on wrong labels",
          .citation = "Doshi et al. (2023)",
          .summary = "Three claims on corrupted labels: coexistence, pruning by participation ratio, inversion",
          .method = kMethod,
          .recipe = kRecipe,
          .differences = kDifferences,
          .scales = {"smoke", "quick", "standard"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_coexistence(), claim_pruning(), claim_inversion()}};
}

}  // namespace groklab::studies::doshi2023
