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

const Json& member(const Json& json, const char* name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end()) fail(ErrorKind::kInput, "{}: expected the field {}, found none", where, name);
  return *found;
}

}  // namespace

Json measurements_json(const Measurements& m) {
  Json claims = Json::object();
  for (const Measurements::Item& item : m.claims) claims[item.claim] = item.measurement;
  return {
      {"format", kMeasurementsFormat}, {"study", m.study}, {"summary", plain_to_json(m.summary)}, {"claims", claims}};
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
  for (const Claim& claim : choose_claims(find_study(m.study), ids))
    m.claims.push_back({claim.id, claims.at(claim.id)});
  return m;
}

}  // namespace groklab::studies
