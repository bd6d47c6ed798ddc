// See claim.h.
#include "groklab/studies/claim.h"

#include <utility>

namespace groklab::studies {

Test::Test(std::string what_is_measured, std::string rule_in_words, const Estimate& measured, const Criterion& fixed,
           bool is_counted)
    : what(std::move(what_is_measured)),
      rule(std::move(rule_in_words)),
      effect(measured),
      criterion(fixed),
      counts(is_counted),
      verdict(judge_criterion(measured, fixed)) {}

Verdict Judgement::verdict() const {
  std::vector<FamilyMember> counted;
  for (const Test& test : tests) {
    if (test.counts) counted.push_back({test.effect, test.criterion});
  }
  return judge_family(counted);
}

}  // namespace groklab::studies
