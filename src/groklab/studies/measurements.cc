// A reproduction's measurements as JSON and back: docs/formats/measurements.md.
#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/studies/reproduction.h"

namespace groklab::studies {
namespace {

constexpr const char* kMeasurementsFormat = "groklab measurements 2";

Json parse_json(const std::string& text, const std::string& where) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    fail(ErrorKind::kInput, "{}: expected JSON written by --measurements, found something else", where);
  }
  return json;
}

/// A text that files of earlier programs do not have.
std::string later_text(const Json& json, const std::string& name, const std::string& where) {
  const auto found = json.find(name);
  return found == json.end() ? "" : plain_from_json<std::string>(*found, where + ": " + name);
}

const Json& member(const Json& json, const char* name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end()) fail(ErrorKind::kInput, "{}: expected the field {}, found none", where, name);
  return *found;
}

}  // namespace

Json measurements_json(const Measurements& m) {
  Json claims = Json::object(), code = Json::object();
  for (const Measurements::Item& item : m.claims) {
    claims[item.claim] = item.measurement;
    code[item.claim] = item.code;
  }
  return {{"format", kMeasurementsFormat},
          {"study", m.study},
          {"summary", plain_to_json(m.summary)},
          {"commit", m.commit},
          {"code", code},
          {"claims", claims}};
}

Measurements parse_measurements(const std::string& text, const std::string& where) {
  const Json json = parse_json(text, where);
  if (const Json& format = member(json, "format", where); format != kMeasurementsFormat) {
    fail(ErrorKind::kInput, "{}: expected format \"{}\", found {}", where, kMeasurementsFormat, format.dump());
  }
  Measurements m;
  m.study = plain_from_json<std::string>(member(json, "study", where), where + ": study");
  m.summary = plain_from_json<RunSummary>(member(json, "summary", where), where + ": summary");
  const Json& claims = member(json, "claims", where);
  if (!claims.is_object()) plain::refuse(where + ": claims", "an object", claims);
  std::vector<std::string> ids;
  for (const auto& [id, measurement] : claims.items()) ids.push_back(id);
  if (ids.empty()) fail(ErrorKind::kInput, "{}: expected a claim or more, found none", where);
  m.commit = later_text(json, "commit", where);
  const Json code = json.contains("code") ? json.at("code") : Json::object();
  if (!code.is_object()) plain::refuse(where + ": code", "an object", code);
  for (const Claim& claim : choose_claims(find_study(m.study), ids)) {
    m.claims.push_back({claim.id, claims.at(claim.id), later_text(code, claim.id, where + ": code")});
  }
  return m;
}

}  // namespace groklab::studies
