// A claim of the paper: which runs it needs, how they are judged, and the result that the page and the JSON show.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/analysis/verdict.h"
#include "groklab/paper/study.h"
#include "groklab/report/chart.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {

using report::make_xy_chart;
using report::XyOptions;
using report::XyPoint;

/// One test of a claim. A claim is confirmed if all its tests are.
struct Test {
  std::string what;  ///< the effect in words, with its unit
  std::string rule;  ///< what would confirm it, with the bound and the reason for the bound
  Estimate effect;   ///< with the interval that the verdict used
  Verdict verdict = Verdict::kInconclusive;
  bool counts = true;  ///< false: shown beside the claim, no part of it
};

struct ClaimResult {
  std::vector<Test> tests;  ///< the first one is the headline
  std::string ours;         ///< our numbers in one sentence
  std::int64_t n_seeds = 0;
  std::int64_t n_censored = 0;  ///< runs whose event lies beyond their budget
  std::string censoring;        ///< what is censored, in words; "" for nothing
  std::vector<report::Chart> figures;
  std::vector<std::string> notes;                                  ///< what a reader should know: exclusions, doubts
  nlohmann::ordered_json data = nlohmann::ordered_json::object();  ///< the claim's own numbers, for the JSON

  /// Over the tests that count.
  Verdict verdict() const;
};

struct Claim {
  const char* id;
  const char* title;
  const char* statement;  ///< what the paper says, in our words
  const char* paper;      ///< the paper's own numbers, and where they stand
  void (*plan)(Study& study);
  ClaimResult (*judge)(Study& study);
};

/// The explicit table of claims, in the order of the page.
const std::vector<Claim>& all_claims();

Claim claim_grokking();
Claim claim_ingredients();
Claim claim_efficiency_mem();
Claim claim_efficiency_gen();
Claim claim_dcrit();
Claim claim_ungrokking();
Claim claim_weight_decay();
Claim claim_semi_grokking();
Claim claim_circuits();
Claim claim_other_tasks();

}  // namespace groklab::paper
