// Looks: what each reproduction that was ever judged said, kept as small files and drawn together, so that nobody
// has to take the last one for the only one. Format: docs/formats/looks.md.
#pragma once

#include <string>
#include <vector>

#include "groklab/studies/reproduction.h"

namespace groklab::studies {

/// A test as it was judged. Numbers that are not known any more are NaN.
struct LookTest {
  std::string what, verdict, comparison;
  double bound = 0, effect = 0, ci_low = 0, ci_high = 0;
  std::int64_t n = 0;
  bool headline = false, counts = true;
};
template <class F>
void visit_fields(LookTest& t, F&& field) {
  field("what", t.what);
  field("verdict", t.verdict);
  field("comparison", t.comparison);
  field("bound", t.bound);
  field("effect", t.effect);
  field("ci_low", t.ci_low);
  field("ci_high", t.ci_high);
  field("n", t.n);
  field("headline", t.headline);
  field("counts", t.counts);
}

struct LookClaim {
  std::string id, verdict;
  std::int64_t rules_version = 0;  ///< Claim::rules_version; 0: not noted
  std::string code;                ///< code_digest() of the program that judged; "" where it was not noted
  std::string measured_with;       ///< that of the program that measured; "" where it was not noted
  std::vector<LookTest> tests;     ///< those whose numbers are known
};
template <class F>
void visit_fields(LookClaim& c, F&& field) {
  field("id", c.id);
  field("verdict", c.verdict);
  field("rules_version", c.rules_version);
  field("code", c.code);
  field("measured_with", c.measured_with);
  field("tests", c.tests);
}

struct Look {
  std::string format, study, scale;
  std::string date;      ///< "2026-11-23"; "" where it was not noted
  std::string version;   ///< of groklab
  std::string commit;    ///< that groklab was built from (built_from()); "" where it was not noted
  std::string protocol;  ///< the hash of the locked protocol that it followed, or "unlocked"
  bool exploratory = false;
  SeedRange seeds;
  std::string note;
  std::vector<LookClaim> claims;
};
template <class F>
void visit_fields(Look& l, F&& field) {
  field("format", l.format);
  field("study", l.study);
  field("scale", l.scale);
  field("date", l.date);
  field("version", l.version);
  field("commit", l.commit);
  field("protocol", l.protocol);
  field("exploratory", l.exploratory);
  field("seeds", l.seeds);
  field("note", l.note);
  field("claims", l.claims);
}

Look make_look(const Reproduction& reproduction, const std::string& date);
/// In the format that it has: one that was read in format 1 is written in it.
std::string look_text(const Look& look);
/// Formats 1 and 2. Throws Error(kInput): no look, or a field is missing or unknown.
Look parse_look(const std::string& text, const std::string& where);
/// "varma2023-quick-2026-11-23-4000-1a2b3c4d.json": the same look has the same name, others have another.
std::string look_file_name(const Look& look);
/// Whether both say the same of the same seeds by the same protocol, whenever and by whichever program: judging stored
/// runs again is no other look.
bool is_same_look(const Look& a, const Look& b);

/// HTML section: a row per claim with the verdict of every look, oldest first, and the known effects of every test that
/// counts, each test on an axis of its own, with intervals and bounds: the headline's at once, the others' when they
/// are asked for. "" without looks.
std::string looks_section(const Study& study, std::vector<Look> looks);

}  // namespace groklab::studies
