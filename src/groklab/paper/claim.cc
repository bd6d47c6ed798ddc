// See claim.h.
#include "groklab/paper/claim.h"

namespace groklab::paper {

Verdict ClaimResult::verdict() const {
  std::vector<Verdict> parts;
  for (const Test& test : tests) {
    if (test.counts) parts.push_back(test.verdict);
  }
  return judge_all(parts);
}

const std::vector<Claim>& all_claims() {
  static const std::vector<Claim> claims = {
      claim_grokking(),   claim_ingredients(),  claim_efficiency_mem(), claim_efficiency_gen(), claim_dcrit(),
      claim_ungrokking(), claim_weight_decay(), claim_semi_grokking(),  claim_circuits(),       claim_other_tasks()};
  return claims;
}

}  // namespace groklab::paper
