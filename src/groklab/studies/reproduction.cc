// See reproduction.h. Reading and writing measurements is in measurements.cc, the JSON in reproduction_json.cc, the
// page in page.cc.
#include "groklab/studies/reproduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/engine/machine.h"
#include "groklab/studies/code_version.h"
#include "groklab/version.h"

namespace groklab::studies {
namespace {

JudgedClaim judge_claim(const Claim& claim, const Json& measurement) {
  JudgedClaim judged{claim, claim.judge(measurement), claim.figures(measurement), {}};
  // A number that the runs do not give, such as the midpoint of a transition beyond the sizes.
  static const std::regex kMissing(R"([-+]?\bnan\b)");
  judged.judgement.ours = std::regex_replace(judged.judgement.ours, kMissing, "none");
  return judged;
}

/// What was measured, by the sizes that the measurement holds, and what it was judged by.
ProtocolStanding standing_of(const Reproduction& r, const Measurements& measurements) {
  Json entries = Json::object();
  for (const JudgedClaim& judged : r.claims) {
    for (const Measurements::Item& item : measurements.claims) {
      if (item.claim != judged.claim.id) continue;
      entries[item.claim] = protocol_entry(judged.claim, item.measurement.at("sizes"), judged.judgement.tests);
    }
  }
  return compare_with_locked(find_locked_protocol(*r.study, r.summary.scale),
                             protocol_of(*r.study, r.summary.scale, entries));
}

}  // namespace

std::string verdict_word(const Reproduction& r, Verdict verdict) {
  return r.judged ? verdict_name(verdict) : "not judged";
}

std::string standing_text(const Reproduction& r) {
  if (r.judged) return standing_text(r.protocol);
  return fmt::format("scale {} shows whether everything works; it judges nothing", r.summary.scale);
}

std::string expectation_text(const Study& study, const Scale& scale, const std::vector<Claim>& claims) {
  const ScaleFacts facts = study.facts(scale);
  if (facts.seeds.count != study.facts({scale.name, 0}).seeds.count) return "";  // known of the scale's own number
  std::vector<std::string> open;
  const std::vector<std::string>& expected = facts.expected_undecided;
  for (const Claim& claim : claims) {
    if (std::find(expected.begin(), expected.end(), claim.id) != expected.end()) open.push_back(claim.id);
  }
  if (open.empty() || !judges(study, scale.name)) return "";
  return fmt::format(
      "expected to stay undecided at scale {}, as earlier looks of that many seeds were: {}. Nothing is left out or "
      "changed for it",
      scale.name, join(open, ", "));
}

std::string reproduce_command(const Reproduction& r) {
  std::string command = "groklab reproduce " + r.study->id;
  if (r.claims.size() < r.study->claims.size()) {
    for (const JudgedClaim& judged : r.claims) command += " " + judged.claim.id;
  }
  command += " --scale " + r.summary.scale;
  const SeedRange &seeds = r.summary.seeds, own = r.study->facts({r.summary.scale, 0}).seeds;
  if (seeds.count != own.count) command += fmt::format(" --seeds {}", seeds.count);
  if (seeds.first != own.first) command += fmt::format(" --first-seed {}", seeds.first);
  if (r.judged && !r.protocol.difference.empty()) command += " --exploratory";
  return command;
}

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

Measurements measure_study(const Study& study, const Scale& scale, const std::vector<Claim>& claims,
                           const PlannedClaims& planned, const Store& store, const std::vector<PlannedResult>& results,
                           ThreadPool& pool, const std::string& mixing) {
  const RunResults runs(store, results, pool);
  if (const std::string mixed = runs.mixed_arithmetic(); !mixed.empty() && !mixing.empty()) {
    fail(ErrorKind::kStore, "store {}: {}; {} judges them together", store.directory().string(), mixed, mixing);
  }
  Measurements m;
  m.study = study.id;
  const ScaleFacts facts = study.facts(scale);
  m.summary.scale = scale.name;
  m.summary.network = facts.network;
  m.summary.seeds = facts.seeds;
  m.summary.machine = machine_description(pool.threads());
  m.summary.version = version();
  m.summary.n_runs = static_cast<std::int64_t>(results.size());
  for (const PlannedResult& r : results) {
    m.summary.n_failed += r.state == PlannedState::kDone ? 0 : 1;
    m.summary.n_found += r.was_done ? 1 : 0;
    m.summary.steps += r.outcome.step;
  }
  m.claims = measure_claims(claims, planned, runs);
  m.commit = built_from();
  for (Measurements::Item& item : m.claims) item.code = code_digest(study, item.claim);
  return m;
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
      reproduction.claims.back().measured_with = found->code;
    } else if (!ids.empty()) {
      fail(ErrorKind::kConfig, "claim {}: expected one that was measured, found none of that name in the measurements",
           claim.id);
    }
  }
  reproduction.judged = judges(*reproduction.study, reproduction.summary.scale);
  reproduction.protocol = standing_of(reproduction, measurements);
  return reproduction;
}

}  // namespace groklab::studies
