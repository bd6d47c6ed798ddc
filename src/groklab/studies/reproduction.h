// The reproduction of a study: plan the runs of its claims, measure them, judge, and write the page and the JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/protocol.h"
#include "groklab/studies/study.h"

namespace groklab::studies {

/// The runs of several claims, equal ones once, and how each claim measures its own.
struct PlannedClaims {
  SweepPlan plan;
  std::vector<Claim::Measure> measures;  ///< as the claims
};
PlannedClaims plan_claims(const std::vector<Claim>& claims, const Scale& scale);

/// What was run, where and when.
struct RunSummary {
  std::string scale, network, machine, version;
  double seconds = 0;                                  ///< wall time of the call that measured
  std::int64_t n_runs = 0, n_failed = 0, n_found = 0;  ///< n_found: in the store before
  std::int64_t steps = 0;                              ///< of all runs
  SeedRange seeds;                                     ///< of most claims
};
template <class F>
void visit_fields(RunSummary& s, F&& field) {
  field("scale", s.scale);
  field("network", s.network);
  field("machine", s.machine);
  field("version", s.version);
  field("seconds", s.seconds);
  field("n_runs", s.n_runs);
  field("n_failed", s.n_failed);
  field("n_found", s.n_found);
  field("steps", s.steps);
  field("seeds", s.seeds);
}

/// Everything that the verdicts of a reproduction follow from: what is stored and judged again.
struct Measurements {
  std::string study;
  RunSummary summary;
  std::string commit;  ///< that the program which measured was built from (built_from()); "" where it was not noted
  struct Item {
    std::string claim;
    Json measurement;
    std::string code = {};  ///< code_digest() of the program that measured; "" where it was not noted
  };
  std::vector<Item> claims;  ///< in the study's order
};
/// Claims in the order of `claims`, once their runs are made.
std::vector<Measurements::Item> measure_claims(const std::vector<Claim>& claims, const PlannedClaims& planned,
                                               const RunResults& results);

/// All that is judged, but the seconds it took, which are the caller's to say. Throws Error(kStore) if the runs are of
/// several engines: `mixing` names what allows that, or is empty where it is allowed.
Measurements measure_study(const Study& study, const Scale& scale, const std::vector<Claim>& claims,
                           const PlannedClaims& planned, const Store& store, const std::vector<PlannedResult>& results,
                           ThreadPool& pool, const std::string& mixing);

/// Format: docs/formats/measurements.md.
Json measurements_json(const Measurements& measurements);
/// `where` names the text in messages. Throws Error(kInput|kConfig): no such format, study or claim; a missing field.
Measurements parse_measurements(const std::string& text, const std::string& where);

struct JudgedClaim {
  Claim claim;
  Judgement judgement;
  std::vector<report::Chart> figures;
  std::string measured_with = {};  ///< Measurements::Item::code
};

struct Reproduction {
  const Study* study = nullptr;
  RunSummary summary;
  std::vector<JudgedClaim> claims;
  ProtocolStanding protocol;
  bool judged = true;  ///< false at a scale that judges nothing
};
/// The verdict's name, or "not judged".
std::string verdict_word(const Reproduction& reproduction, Verdict verdict);
/// What stands above the verdicts: the protocol, that they are exploratory, or that there are none.
std::string standing_text(const Reproduction& reproduction);
/// "expected to stay undecided with so few seeds: dcrit, weight-decay. ..."; "" where nothing is expected, of the
/// claims that are asked for. Said before a run is made; nothing depends on it.
std::string expectation_text(const Study& study, const Scale& scale, const std::vector<Claim>& claims);
/// "groklab reproduce varma2023 --scale quick".
std::string reproduce_command(const Reproduction& reproduction);

/// Judges those claims that are named (none named: all that were measured). Pure: the same measurements give the same
/// reproduction. The protocol is what the measurements' sizes and the present rules say. Throws Error(kConfig) for a
/// claim that was not measured, Error(kInput) for a measurement that does not fit its claim.
Reproduction judge_measurements(const Measurements& measurements, const std::vector<std::string>& ids = {});

/// Everything but times and the machine is the same for every call.
Json reproduction_json(const Reproduction& reproduction);
/// `looks`: a section on earlier looks (look.h), or "".
std::string reproduction_page(const Reproduction& reproduction, const std::string& looks = "");

/// Verdicts as lines for the terminal.
std::string verdict_table(const Reproduction& reproduction);

}  // namespace groklab::studies
