// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/varma2023-audit/study.h"

#include "groklab/studies/varma2023-audit/drift.h"
#include "groklab/studies/varma2023-audit/forgetting.h"
#include "groklab/studies/varma2023-audit/middling.h"
#include "groklab/studies/varma2023-audit/networks.h"

namespace groklab::studies::varma2023_audit {
namespace {

constexpr const char* kMethod =
    "One-layer transformers learn binary operations with AdamW. Those that generalise go on with fewer rows of the "
    "same "
    "nested split, beside networks from scratch on as many. What is read at the end has stopped moving: objective, "
    "norm "
    "and balance of circuits, behind a learning rate of 2e-3 that falls by a cosine. Drifts are read at a constant "
    "learning rate.";

constexpr const char* kRecipe =
    "Varma et al. (2023) train x + y modulo 113 and eleven more tasks, and read D_crit off figures of one network "
    "each.";

constexpr const char* kDifferences =
    "Small networks, so that hundreds of runs come to rest; definitions of D_crit as in the reproduction.";

ScaleFacts facts(const Scale& scale) {
  const DriftSizes sizes = drift_sizes(scale);
  return {sizes.network.name, sizes.seeds};
}

}  // namespace

Study study() {
  return {
      .id = "varma2023-audit",
      .title = "What a sceptic asks of the reproduction",
      .citation = "Questions to Varma et al. (2023)",
      .summary = "D_crit over more networks and from mixed starts; stored rows, changed labels; where plateaus stand",
      .method = kMethod,
      .recipe = kRecipe,
      .differences = kDifferences,
      .scales = {"smoke", "quick", "standard"},
      .unjudged_scales = {"smoke"},
      .facts = facts,
      .claims = {claim_dcrit_networks(), claim_mixed_drift(), claim_forgetting(), claim_middling()}};
}

}  // namespace groklab::studies::varma2023_audit
