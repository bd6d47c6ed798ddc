// A claim of a study: sizes -> plan -> measure -> judge and figures. Sizes and measurements are plain data with a JSON
// form, so that sizes can be written down before a run is made and measurements judged again without one.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/analysis/verdict.h"
#include "groklab/report/chart.h"
#include "groklab/studies/plain_json.h"
#include "groklab/studies/published.h"
#include "groklab/studies/run_results.h"
#include "groklab/studies/sizes.h"
#include "groklab/sweep/plan.h"

namespace groklab::studies {

/// One test of a claim: all but its effect is known before a run is made (rules_of() in protocol.h).
struct Test {
  std::string what;  ///< the effect in words, with its unit
  std::string rule;  ///< what would confirm it, with the bound and the reason for the bound
  Estimate effect;   ///< with an interval of criterion.level()
  Criterion criterion;
  bool counts = true;  ///< false: shown beside the claim, no part of it
  Verdict verdict = Verdict::kInconclusive;

  Test(std::string what, std::string rule, const Estimate& effect, const Criterion& criterion, bool counts = true);
};

/// What a measurement says about a claim.
struct Judgement {
  std::vector<Test> tests;  ///< the first one is the headline
  std::string ours;         ///< our numbers in one sentence
  std::int64_t n_seeds = 0;
  std::int64_t n_censored = 0;             ///< runs whose event lies beyond their budget
  std::string censoring;                   ///< what is censored, in words; "" for nothing
  std::vector<std::string> notes;          ///< what a reader should know: exclusions, doubts
  std::vector<PublishedBeside> published;  ///< the publication's numbers, each beside ours
  Json data = Json::object();              ///< the claim's own numbers, for the JSON

  /// Over the tests that count, by judge_family.
  Verdict verdict() const;
  /// The first test for which the verdict is not "confirmed"; null if it is, or if there are no tests that count.
  const Test* objection() const;
};

/// A claim as the driver sees it. judge and figures know nothing but the measurement.
struct Claim {
  std::string id;
  std::string title;
  std::string statement;  ///< what the publication says, in our words
  std::string paper;      ///< its own numbers, and where they stand
  /// The measurement of planned runs, as JSON.
  using Measure = std::function<Json(const RunResults& results)>;
  /// Raised by hand when what is measured or how it is judged changes while sizes, texts and bounds do not.
  int rules_version = 1;
  std::function<Json(const Scale& scale)> sizes;
  /// Adds the claim's runs to the plan (claims share runs) and says how they will be measured.
  std::function<Measure(SweepPlan& plan, const Json& sizes)> plan;
  std::function<Judgement(const Json& measurement)> judge;
  std::function<std::vector<report::Chart>(const Json& measurement)> figures;
};

/// A claim as its file writes it. Sizes and Measurement have visit_fields (plain_json.h); Runs holds indices of runs.
template <class Sizes, class Runs, class Measurement>
struct ClaimParts {
  const char *id, *title, *statement, *paper;
  Sizes (*sizes)(const Scale& scale);
  Runs (*plan)(SweepPlan& plan, const Sizes& sizes);
  Measurement (*measure)(const RunResults& results, const Sizes& sizes, const Runs& runs);
  Judgement (*judge)(const Measurement& measurement);
  std::vector<report::Chart> (*figures)(const Measurement& measurement);
  int rules_version = 1;
  /// Brings a measurement that an earlier program stored to the present fields, where no verdict reads the new ones.
  void (*upgrade)(Json& measurement) = nullptr;
};

template <class Sizes, class Runs, class Measurement>
Claim make_claim(const ClaimParts<Sizes, Runs, Measurement>& parts) {
  const std::string id = parts.id;
  const auto measurement = [parts, id](Json json) {
    if (parts.upgrade != nullptr) parts.upgrade(json);
    return plain_from_json<Measurement>(json, id);
  };
  Claim claim{parts.id, parts.title, parts.statement, parts.paper, parts.rules_version, {}, {}, {}, {}};
  claim.sizes = [parts](const Scale& scale) { return plain_to_json(parts.sizes(scale)); };
  claim.plan = [parts, id](SweepPlan& plan, const Json& json) -> Claim::Measure {
    const auto sizes = plain_from_json<Sizes>(json, id + ".sizes");
    const Runs runs = parts.plan(plan, sizes);
    return [=](const RunResults& results) { return plain_to_json(parts.measure(results, sizes, runs)); };
  };
  claim.judge = [=](const Json& json) { return parts.judge(measurement(json)); };
  claim.figures = [=](const Json& json) { return parts.figures(measurement(json)); };
  return claim;
}

}  // namespace groklab::studies
