// See reproduction.h. Reading and writing measurements is in measurements.cc, the JSON in reproduction_json.cc, the
// page in page.cc.
#include "groklab/studies/reproduction.h"

#include <algorithm>
#include <regex>

#include "groklab/base/error.h"

namespace groklab::studies {
namespace {

JudgedClaim judge_claim(const Claim& claim, const Json& measurement) {
  JudgedClaim judged{claim, claim.judge(measurement), claim.figures(measurement)};
  // A number that the runs do not give, such as the midpoint of a transition beyond the sizes.
  static const std::regex kMissing(R"([-+]?\bnan\b)");
  judged.judgement.ours = std::regex_replace(judged.judgement.ours, kMissing, "none");
  return judged;
}

}  // namespace

PlannedClaims plan_claims(const std::vector<Claim>& claims, const Scale& scale) {
  PlannedClaims planned;
  for (const Claim& claim : claims) planned.measures.push_back(claim.plan(planned.plan, claim.sizes(scale)));
  return planned;
}

std::vector<Measurements::Item> measure_claims(const std::vector<Claim>& claims, const PlannedClaims& planned,
                                               const RunResults& results) {
  std::vector<Measurements::Item> items;
  for (std::size_t i = 0; i < claims.size(); ++i) items.push_back({claims[i].id, planned.measures.at(i)(results)});
  return items;
}

Reproduction judge_measurements(const Measurements& measurements, const std::vector<std::string>& ids) {
  Reproduction reproduction;
  reproduction.study = &find_study(measurements.study);
  reproduction.summary = measurements.summary;
  for (const Claim& claim : choose_claims(*reproduction.study, ids)) {
    const auto found = std::find_if(measurements.claims.begin(), measurements.claims.end(),
                                    [&](const auto& item) { return item.claim == claim.id; });
    if (found != measurements.claims.end()) {
      reproduction.claims.push_back(judge_claim(claim, found->measurement));
    } else if (!ids.empty()) {
      fail(ErrorKind::kConfig, "claim {}: expected one that was measured, found none of that name in the measurements",
           claim.id);
    }
  }
  return reproduction;
}

}  // namespace groklab::studies
