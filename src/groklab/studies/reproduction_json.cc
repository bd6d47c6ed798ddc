// A reproduction's results as JSON and as lines for the terminal.
#include <fmt/format.h>

#include <cmath>

#include "groklab/studies/reproduction.h"
#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json test_json(const Test& test) {
  return {{"what", test.what},
          {"rule", test.rule},
          {"counts", test.counts},
          {"verdict", verdict_name(test.verdict)},
          {"effect", number(test.effect.value)},
          {"ci_low", number(test.effect.low)},
          {"ci_high", number(test.effect.high)},
          {"n", test.effect.n}};
}

/// Numbers that JSON cannot hold become null.
Json cleaned(Json json) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) return nullptr;
  if (json.is_structured()) {
    for (auto& element : json) element = cleaned(element);
  }
  return json;
}

Json claim_json(const JudgedClaim& judged) {
  const Judgement& result = judged.judgement;
  const Estimate& headline = result.tests.front().effect;
  Json figures = Json::array(), tests = Json::array();
  for (const report::Chart& figure : judged.figures) figures.push_back(figure.id);
  for (const Test& test : result.tests) tests.push_back(test_json(test));
  Json claim = {{"id", judged.claim.id},
                {"title", judged.claim.title},
                {"verdict", verdict_name(result.verdict())},
                {"effect", number(headline.value)},
                {"ci_low", number(headline.low)},
                {"ci_high", number(headline.high)},
                {"n_seeds", result.n_seeds},
                {"n_censored", result.n_censored},
                {"effect_is", result.tests.front().what},
                {"paper", judged.claim.paper},
                {"ours", result.ours},
                {"figures", figures},
                {"tests", tests}};
  for (const auto& [key, value] : result.data.items()) claim[key] = cleaned(value);
  return claim;
}

}  // namespace

Json reproduction_json(const Reproduction& r) {
  Json claims = Json::array();
  for (const JudgedClaim& judged : r.claims) claims.push_back(claim_json(judged));
  const RunSummary& s = r.summary;
  return {{"study", r.study->id},        {"scale", s.scale},       {"version", s.version},   {"machine", s.machine},
          {"seconds", s.seconds},        {"n_runs", s.n_runs},     {"n_failed", s.n_failed}, {"steps", s.steps},
          {"first_seed", s.seeds.first}, {"seeds", s.seeds.count}, {"claims", claims}};
}

std::string verdict_table(const Reproduction& r) {
  std::vector<std::vector<std::string>> rows = {{"claim", "verdict", "effect", "95 or 90 % interval", "seeds"}};
  for (const JudgedClaim& judged : r.claims) {
    const Estimate& e = judged.judgement.tests.front().effect;
    rows.push_back({judged.claim.id, verdict_name(judged.judgement.verdict()), format_number(e.value),
                    fmt::format("{} to {}", format_number(e.low), format_number(e.high)),
                    fmt::format("{}", judged.judgement.n_seeds)});
  }
  return align_columns(rows, "llrlr");
}

}  // namespace groklab::studies
