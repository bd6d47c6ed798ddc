// See claim.h.
#include "groklab/studies/claim.h"

#include <algorithm>
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

const Test* Judgement::objection() const {
  const Verdict whole = verdict();
  if (whole == Verdict::kConfirmed) return nullptr;
  const auto n_counted = std::count_if(tests.begin(), tests.end(), [](const Test& test) { return test.counts; });
  for (const Test& test : tests) {
    if (!test.counts || test.verdict == Verdict::kConfirmed) continue;
    // A refuted claim is refuted by a test that is so at the level of all of them.
    const Verdict part = judge_in_family(test.effect, test.criterion, static_cast<int>(n_counted));
    if (whole != Verdict::kRefuted || part == whole) return &test;
  }
  return nullptr;
}

}  // namespace groklab::studies
