// See study.h. The explicit table of claims, in the order of the page.
#include "groklab/studies/varma2023/study.h"

#include "groklab/studies/varma2023/adamw_objective.h"
#include "groklab/studies/varma2023/circuits.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/dcrit.h"
#include "groklab/studies/varma2023/efficiency_gen.h"
#include "groklab/studies/varma2023/efficiency_mem.h"
#include "groklab/studies/varma2023/grokking.h"
#include "groklab/studies/varma2023/ingredients.h"
#include "groklab/studies/varma2023/other_tasks.h"
#include "groklab/studies/varma2023/semi_grokking.h"
#include "groklab/studies/varma2023/ungrokking.h"
#include "groklab/studies/varma2023/weight_decay.h"

namespace groklab::studies::varma2023 {
namespace {

constexpr const char* kMethod =
    "Networks: one-layer decoder-only transformers with 4 heads, d_mlp = 4 d_model, ReLU, no LayerNorm; full batch; "
    "AdamW with learning rate 0.001, betas 0.9 and 0.98; float32 with a cross-entropy free of cancellation. Seeds are "
    "the unit: a number is taken per seed, and intervals are Student's over seeds (95 %, or 90 % for tests of "
    "equivalence, which are two one-sided tests of 5 %). Margins were fixed before these runs were made, and stand in "
    "the tests above with their reasons. The circuits are separated exactly, by projecting the logits onto what is "
    "invariant under the task&#39;s group.";

/// What the looks that were taken left open for want of seeds, or of runs at rest: seeds 5000 to 5004 at scale quick,
/// 6000 to 6004 and 7000 to 7004 (7019) at scale standard.
std::vector<std::string> expected_undecided(const Scale& scale) {
  const std::vector<std::string> none, quick = {"dcrit", "ungrokking", "weight-decay", "semi-grokking", "other-tasks"},
                                       standard = {"dcrit", "semi-grokking", "other-tasks"};
  return by_scale(scale, none, quick, standard, none);
}

ScaleFacts facts(const Scale& scale) {
  const CommonSizes sizes = common_sizes(scale);
  return {sizes.network.name, sizes.seeds, expected_undecided(scale)};
}

}  // namespace

Study study() {
  return {.id = "varma2023",
          .title = "Explaining grokking through circuit efficiency",
          .citation = "Varma et al. (2023)",
          .summary = "Eleven claims: grokking as a generalising circuit that is more efficient and slower to learn",
          .method = kMethod,
          .scales = {"smoke", "quick", "standard", "full"},
          .unjudged_scales = {"smoke"},
          .facts = facts,
          .claims = {claim_grokking(), claim_ingredients(), claim_efficiency_mem(), claim_efficiency_gen(),
                     claim_dcrit(), claim_ungrokking(), claim_weight_decay(), claim_semi_grokking(), claim_circuits(),
                     claim_other_tasks(), claim_adamw_objective()},
          .terms = {{"C_mem, C_gen", "circuits: parts of a network that memorise single rows, and that generalise"},
                    {"efficiency", "of a circuit: how little parameter norm it needs for a given margin or logit"},
                    {"D, D'", "training rows; rows that a fork of a trained network goes on with"},
                    {"D_crit", "the number of training rows at which both circuits are equally efficient"},
                    {"T_fit, T_grok", "steps from which accuracy on training rows and on test rows is held"},
                    {"ungrokking", "a network that generalises loses that when it trains on with fewer rows"},
                    {"semi-grokking", "training from scratch that ends level at middling test accuracy"},
                    {"at rest",
                     "objective, norm and the circuits' balance moved less than stated bounds over the last quarter "
                     "of decay time; what still moves counts as censored"},
                    {"rho = G / M",
                     "correct logit that every row has, from test rows, over what training rows have on top"}}};
}

}  // namespace groklab::studies::varma2023
