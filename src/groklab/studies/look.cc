// See look.h. The section of the page is in looks_section.cc.
#include "groklab/studies/look.h"

#include <fmt/format.h>

#include "groklab/base/error.h"
#include "groklab/report/sha256.h"
#include "groklab/studies/code_version.h"

namespace groklab::studies {
namespace {

constexpr const char *kFirstLookFormat = "groklab look 1", *kLookFormat = "groklab look 2";
/// What format 1 does not have.
constexpr const char* kNewOfLook = "commit";
constexpr const char* kNewOfClaim[] = {"rules_version", "code", "measured_with"};

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
  Look look;
  look.format = kLookFormat;
  look.study = r.study->id;
  look.scale = r.summary.scale;
  look.date = date;
  look.version = r.summary.version;
  look.commit = built_from();
  look.seeds = r.summary.seeds;
  look.protocol = r.protocol.locked ? r.protocol.hash : "unlocked";
  look.exploratory = r.protocol.exploratory;
  for (const JudgedClaim& judged : r.claims) {
    LookClaim& claim = look.claims.emplace_back();
    claim.id = judged.claim.id;
    claim.verdict = verdict_word(r, judged.judgement.verdict());
    claim.rules_version = judged.claim.rules_version;
    claim.code = code_digest(*r.study, judged.claim.id);
    claim.measured_with = judged.measured_with;
    for (const Test& test : judged.judgement.tests) {
      claim.tests.push_back(look_test(r, test, &test == &judged.judgement.tests.front()));
    }
  }
  return look;
}

std::string look_text(const Look& look) {
  Json json = plain_to_json(look);
  if (look.format == kFirstLookFormat) {
    json.erase(kNewOfLook);
    for (Json& claim : json["claims"]) {
      for (const char* name : kNewOfClaim) claim.erase(name);
    }
  }
  return json.dump(1) + "\n";
}

Look parse_look(const std::string& text, const std::string& where) {
  Json json = Json::parse(text, nullptr, false);
  const bool has_format = !json.is_discarded() && json.is_object() && json.contains("format");
  const bool is_first = has_format && json.at("format") == kFirstLookFormat;
  if (!is_first && (!has_format || json.at("format") != kLookFormat)) {
    fail(ErrorKind::kInput, "{}: expected a look of format \"{}\", found something else", where, kLookFormat);
  }
  if (is_first) {
    json[kNewOfLook] = "";
    if (json.contains("claims") && json["claims"].is_array()) {
      for (Json& claim : json["claims"]) {
        if (!claim.is_object()) continue;
        claim["rules_version"] = 0;
        claim["code"] = claim["measured_with"] = "";
      }
    }
  }
  return plain_from_json<Look>(json, where);
}

bool is_same_look(const Look& a, const Look& b) {
  const auto of = [](const Look& look) {
    Json json = plain_to_json(look);
    for (const char* name : {"format", "date", "version", "note", kNewOfLook}) json.erase(name);
    for (Json& claim : json["claims"]) {
      for (const char* name : kNewOfClaim) claim.erase(name);
    }
    return json;
  };
  return of(a) == of(b);
}

std::string look_file_name(const Look& look) {
  return fmt::format("{}-{}-{}-{}-{}.json", look.study, look.scale, look.date, look.seeds.first,
                     report::sha256_hex(look_text(look)).substr(0, 8));
}

}  // namespace groklab::studies
