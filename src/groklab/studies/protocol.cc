// See protocol.h. The locked ones come from cmake/EmbedProtocols.cmake.
#include "groklab/studies/protocol.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/report/sha256.h"

namespace groklab::studies {
namespace {

constexpr const char* kProtocolFormat = "groklab protocol 1";
constexpr std::size_t kHashDigits = 12;

/// Levels of the intervals and of the family: a part of every rule.
Json judging_levels() {
  return {{"difference", Criterion{Comparison::kAbove}.level()},
          {"equivalence", kEquivalenceLevel},
          {"family", kFamilyLevel}};
}

std::string short_text(const Json& value) {
  const std::string text = value.dump();
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

/// "path: locked A, now B" of the first difference; "" if there is none.
std::string first_difference(const Json& locked, const Json& ours, const std::string& path) {
  if (locked == ours) return "";
  if (locked.is_object() && ours.is_object()) {
    for (const auto& [name, value] : locked.items()) {
      const std::string inner = path.empty() ? name : path + "." + name;
      if (!ours.contains(name)) return fmt::format("{}: locked {}, now none", inner, short_text(value));
      if (const std::string found = first_difference(value, ours.at(name), inner); !found.empty()) return found;
    }
    for (const auto& [name, value] : ours.items()) {
      if (!locked.contains(name)) return fmt::format("{}.{}: locked none, now {}", path, name, short_text(value));
    }
    return path + ": the order of its fields";
  }
  if (locked.is_array() && ours.is_array()) {
    for (std::size_t i = 0; i < std::min(locked.size(), ours.size()); ++i) {
      const std::string found = first_difference(locked[i], ours[i], fmt::format("{}[{}]", path, i));
      if (!found.empty()) return found;
    }
    return fmt::format("{}: locked {} elements, now {}", path, locked.size(), ours.size());
  }
  return fmt::format("{}: locked {}, now {}", path, short_text(locked), short_text(ours));
}

}  // namespace

Json protocol_entry(const Claim& claim, const Json& sizes, const std::vector<Test>& tests) {
  Json rules = Json::array();
  for (const Test& test : tests) {
    rules.push_back({{"what", test.what},
                     {"rule", test.rule},
                     {"comparison", comparison_name(test.criterion.comparison)},
                     {"bound", plain_to_json(test.criterion.bound)},
                     {"scale", effect_scale_name(test.criterion.scale)},
                     {"counts", test.counts}});
  }
  return {{"rules_version", claim.rules_version}, {"sizes", sizes}, {"rules", rules}};
}

std::vector<Test> tests_without_runs(const Claim& claim, const Json& sizes) {
  SweepPlan plan;
  const Claim::Measure measure = claim.plan(plan, sizes);
  return claim.judge(measure(RunResults(plan.runs.size()))).tests;
}

Json make_protocol(const Study& study, const Scale& scale, const std::vector<Claim>& claims) {
  Json entries = Json::object();
  for (const Claim& claim : claims) {
    const Json sizes = claim.sizes(scale);
    entries[claim.id] = protocol_entry(claim, sizes, tests_without_runs(claim, sizes));
  }
  return protocol_of(study, scale.name, entries);
}

Json protocol_of(const Study& study, const std::string& scale, const Json& entries) {
  return {{"format", kProtocolFormat},
          {"study", study.id},
          {"scale", scale},
          {"levels", judging_levels()},
          {"claims", entries}};
}

std::string protocol_hash(const Json& protocol) {
  Json hashed = Json::object();
  for (const char* name : {"format", "study", "scale", "levels", "claims"}) hashed[name] = protocol.at(name);
  return report::sha256_hex(hashed.dump()).substr(0, kHashDigits);
}

std::string protocol_text(Json protocol) {
  protocol["hash"] = protocol_hash(protocol);
  return protocol.dump(1) + "\n";
}

Json parse_protocol(const std::string& text, const std::string& where) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("format") || json.at("format") != kProtocolFormat) {
    fail(ErrorKind::kInput, "{}: expected a protocol of format \"{}\", found something else", where, kProtocolFormat);
  }
  for (const char* name : {"study", "scale", "levels", "claims", "hash"}) {
    if (!json.contains(name)) fail(ErrorKind::kInput, "{}: expected the field {}, found none", where, name);
  }
  if (const std::string hash = protocol_hash(json); json.at("hash") != hash) {
    fail(ErrorKind::kInput, "{}: expected the hash {} of its content, found {}", where, hash, json.at("hash").dump());
  }
  return json;
}

std::optional<Json> find_locked_protocol(const Study& study, const std::string& scale) {
  for (const LockedProtocol& locked : locked_protocols()) {
    if (study.id == locked.study && scale == locked.scale) {
      return parse_protocol(locked.text, fmt::format("locked protocol {} {}", study.id, scale));
    }
  }
  return std::nullopt;
}

std::string protocol_difference(const Json& locked, const Json& ours) {
  for (const char* name : {"study", "scale", "levels"}) {
    const std::string found = first_difference(locked.at(name), ours.at(name), name);
    if (!found.empty()) return found;
  }
  for (const auto& [id, entry] : ours.at("claims").items()) {
    const Json& claims = locked.at("claims");
    if (!claims.contains(id)) return fmt::format("claim {}: not in the locked protocol", id);
    const std::string found = first_difference(claims.at(id), entry, "");
    if (!found.empty()) return fmt::format("claim {}: {}", id, found);
  }
  return "";
}

ProtocolStanding compare_with_locked(const std::optional<Json>& locked, const Json& ours) {
  ProtocolStanding standing;
  standing.hash = protocol_hash(ours);
  standing.exploratory = !locked;
  if (!locked) return standing;
  standing.difference = protocol_difference(*locked, ours);
  standing.locked = standing.difference.empty();
  standing.exploratory = !standing.locked;
  if (standing.locked) standing.hash = locked->at("hash");
  return standing;
}

std::string standing_text(const ProtocolStanding& standing) {
  if (!standing.difference.empty()) {
    return fmt::format("exploratory: not the locked protocol ({}); protocol {}", standing.difference, standing.hash);
  }
  if (!standing.locked) return fmt::format("exploratory: no protocol is locked; protocol {}", standing.hash);
  return fmt::format("{}protocol {}, locked before the runs", standing.exploratory ? "exploratory: " : "",
                     standing.hash);
}

}  // namespace groklab::studies
