// A reproduction's results as JSON and as lines for the terminal.
#include <fmt/format.h>

#include <cmath>

#include "groklab/studies/code_version.h"
#include "groklab/studies/reproduction.h"
#include "groklab/studies/verdict_text.h"
#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json test_json(const Reproduction& r, const Test& test) {
  return {{"what", test.what},
          {"rule", test.rule},
          {"comparison", comparison_name(test.criterion.comparison)},
          {"bound", number(test.criterion.bound)},
          {"scale", effect_scale_name(test.criterion.scale)},
          {"counts", test.counts},
          {"verdict", verdict_word(r, test.verdict)},
          {"words", r.judged ? verdict_words(test.effect, test.criterion) : ""},
          {"effect", number(test.effect.value)},
          {"ci_low", number(test.effect.low)},
          {"ci_high", number(test.effect.high)},
          {"n", test.effect.n}};
}

Json published_json(const PublishedBeside& row) {
  const PublishedNumber& p = row.published;
  return {{"what", p.what},
          {"published", number(p.value)},
          {"published_low", number(p.low)},
          {"published_high", number(p.high)},
          {"source", p.source},
          {"here", number(row.here.value)},
          {"ci_low", number(row.here.low)},
          {"ci_high", number(row.here.high)},
          {"n", row.here.n}};
}

/// Numbers that JSON cannot hold become null.
Json cleaned(Json json) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) return nullptr;
  if (json.is_structured()) {
    for (auto& element : json) element = cleaned(element);
  }
  return json;
}

Json claim_json(const Reproduction& r, const JudgedClaim& judged) {
  const Judgement& result = judged.judgement;
  const Estimate& headline = result.tests.front().effect;
  Json figures = Json::array(), tests = Json::array();
  for (const report::Chart& figure : judged.figures) figures.push_back(figure.id);
  for (const Test& test : result.tests) tests.push_back(test_json(r, test));
  Json claim = {{"id", judged.claim.id},
                {"title", judged.claim.title},
                {"verdict", verdict_word(r, result.verdict())},
                {"effect", number(headline.value)},
                {"ci_low", number(headline.low)},
                {"ci_high", number(headline.high)},
                {"n_seeds", result.n_seeds},
                {"n_censored", result.n_censored},
                {"effect_is", result.tests.front().what},
                {"rules_version", judged.claim.rules_version},
                {"code", code_digest(*r.study, judged.claim.id)},
                {"measured_with", judged.measured_with},
                {"paper", judged.claim.paper},
                {"ours", result.ours},
                {"figures", figures},
                {"tests", tests}};
  if (!result.published.empty()) {
    Json rows = Json::array();
    for (const PublishedBeside& row : result.published) rows.push_back(published_json(row));
    claim["published"] = rows;
  }
  for (const auto& [key, value] : result.data.items()) claim[key] = cleaned(value);
  return claim;
}

}  // namespace

Json reproduction_json(const Reproduction& r) {
  Json claims = Json::array();
  for (const JudgedClaim& judged : r.claims) claims.push_back(claim_json(r, judged));
  const RunSummary& s = r.summary;
  const std::vector<std::string> expected = r.study->facts({s.scale, 0}).expected_undecided;
  const Json protocol = {{"hash", r.protocol.hash},
                         {"locked", r.protocol.locked},
                         {"exploratory", r.protocol.exploratory},
                         {"difference", r.protocol.difference}};
  return {{"study", r.study->id},
          {"protocol", protocol},
          {"command", reproduce_command(r)},
          {"judged", r.judged},
          {"scale", s.scale},
          {"version", s.version},
          {"commit", built_from()},
          {"expected_undecided", expected},
          {"machine", s.machine},
          {"seconds", s.seconds},
          {"n_runs", s.n_runs},
          {"n_failed", s.n_failed},
          {"steps", s.steps},
          {"first_seed", s.seeds.first},
          {"seeds", s.seeds.count},
          {"claims", claims}};
}

std::string verdict_table(const Reproduction& r) {
  std::vector<std::vector<std::string>> rows = {{"claim", "verdict", "effect [interval]", "seeds", "which is"}};
  for (const JudgedClaim& judged : r.claims) {
    const Test& headline = judged.judgement.tests.front();
    const Test* objection = judged.judgement.objection();
    std::string words = verdict_words(headline.effect, headline.criterion);
    if (objection != nullptr && objection != &headline) {
      words = objection->what + ": " + verdict_words(objection->effect, objection->criterion);
    }
    rows.push_back({judged.claim.id, verdict_word(r, judged.judgement.verdict()), estimate_text(headline.effect),
                    fmt::format("{}", judged.judgement.n_seeds), r.judged ? words : ""});
  }
  return align_columns(rows, "lllrl") + standing_text(r) + "\n";
}

}  // namespace groklab::studies
