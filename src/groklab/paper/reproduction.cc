// See reproduction.h. The page is in page.cc.
#include "groklab/paper/reproduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config.h"
#include "groklab/config/suggest.h"
#include "groklab/view/text.h"

namespace groklab::paper {
namespace {

using Json = nlohmann::ordered_json;

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

}  // namespace

std::vector<Claim> choose_claims(const std::vector<std::string>& ids) {
  if (ids.empty()) return all_claims();
  std::vector<std::string> known;
  for (const Claim& claim : all_claims()) known.emplace_back(claim.id);
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string nearest = nearest_name(id, known);
    fail(ErrorKind::kConfig, "claim {}: expected one of {}{}", id, join(known, ", "),
         nearest.empty() ? "" : "; did you mean " + nearest + "?");
  }
  std::vector<Claim> chosen;
  for (const Claim& claim : all_claims()) {
    if (std::find(ids.begin(), ids.end(), claim.id) != ids.end()) chosen.push_back(claim);
  }
  return chosen;
}

Study plan_study(const Scale& scale, const std::vector<Claim>& claims) {
  Study study(scale);
  for (const Claim& claim : claims) claim.plan(study);
  return study;
}

std::vector<JudgedClaim> judge_claims(Study& study, const std::vector<Claim>& claims) {
  std::vector<JudgedClaim> judged;
  for (const Claim& claim : claims) {
    judged.push_back({claim, claim.judge(study)});
    // A number that the runs do not give, such as the midpoint of a transition beyond the sizes.
    static const std::regex kMissing(R"([-+]?\bnan\b)");
    std::string& ours = judged.back().result.ours;
    ours = std::regex_replace(ours, kMissing, "none");
  }
  return judged;
}

Json reproduction_json(const Reproduction& r) {
  Json claims = Json::array();
  for (const JudgedClaim& judged : r.claims) {
    const ClaimResult& result = judged.result;
    const Estimate& headline = result.tests.front().effect;
    Json figures = Json::array(), tests = Json::array();
    for (const report::Chart& figure : result.figures) figures.push_back(figure.id);
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
    claims.push_back(claim);
  }
  return {{"scale", r.scale},   {"version", r.version},   {"machine", r.machine}, {"seconds", r.seconds},
          {"n_runs", r.n_runs}, {"n_failed", r.n_failed}, {"steps", r.steps},     {"first_seed", r.first_seed},
          {"seeds", r.seeds},   {"claims", claims}};
}

std::string verdict_table(const Reproduction& r) {
  std::vector<std::vector<std::string>> rows = {{"claim", "verdict", "effect", "95 or 90 % interval", "seeds"}};
  for (const JudgedClaim& judged : r.claims) {
    const Estimate& e = judged.result.tests.front().effect;
    rows.push_back({judged.claim.id, verdict_name(judged.result.verdict()), format_number(e.value),
                    fmt::format("{} to {}", format_number(e.low), format_number(e.high)),
                    fmt::format("{}", judged.result.n_seeds)});
  }
  return align_columns(rows, "llrlr");
}

}  // namespace groklab::paper
