// See look.h. The section of the page is in looks_section.cc.
#include "groklab/studies/look.h"

#include <fmt/format.h>

#include "groklab/base/error.h"
#include "groklab/report/sha256.h"

namespace groklab::studies {
namespace {

constexpr const char* kLookFormat = "groklab look 1";

LookTest look_test(const Reproduction& r, const Test& test, bool headline) {
  return {test.what,
          verdict_word(r, test.verdict),
          comparison_name(test.criterion.comparison),
          test.criterion.bound,
          test.effect.value,
          test.effect.low,
          test.effect.high,
          test.effect.n,
          headline,
          test.counts};
}

}  // namespace

Look make_look(const Reproduction& r, const std::string& date) {
  Look look{kLookFormat, r.study->id, r.summary.scale, date, r.summary.version, {}, {}, r.summary.seeds, "", {}};
  look.protocol = r.protocol.locked ? r.protocol.hash : "unlocked";
  look.exploratory = r.protocol.exploratory;
  for (const JudgedClaim& judged : r.claims) {
    LookClaim& claim = look.claims.emplace_back();
    claim.id = judged.claim.id;
    claim.verdict = verdict_word(r, judged.judgement.verdict());
    for (const Test& test : judged.judgement.tests) {
      claim.tests.push_back(look_test(r, test, &test == &judged.judgement.tests.front()));
    }
  }
  return look;
}

std::string look_text(const Look& look) { return plain_to_json(look).dump(1) + "\n"; }

Look parse_look(const std::string& text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("format") || json.at("format") != kLookFormat) {
    fail(ErrorKind::kInput, "{}: expected a look of format \"{}\", found something else", where, kLookFormat);
  }
  return plain_from_json<Look>(json, where);
}

std::string look_file_name(const Look& look) {
  return fmt::format("{}-{}-{}-{}-{}.json", look.study, look.scale, look.date, look.seeds.first,
                     report::sha256_hex(look_text(look)).substr(0, 8));
}

}  // namespace groklab::studies
