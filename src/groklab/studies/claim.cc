// See claim.h.
#include "groklab/studies/claim.h"

namespace groklab::studies {

Verdict Judgement::verdict() const {
  std::vector<Verdict> parts;
  for (const Test& test : tests) {
    if (test.counts) parts.push_back(test.verdict);
  }
  return judge_all(parts);
}

}  // namespace groklab::studies
