// Protocols: what the code makes, what is locked, and that a difference is seen.
#include "groklab/studies/protocol.h"

#include <gtest/gtest.h>

#include "groklab/base/error.h"

namespace groklab::studies {
namespace {

const Study& varma() { return find_study("varma2023"); }

Json some_protocol(std::int64_t seeds = 0) {
  return make_protocol(varma(), {"quick", seeds}, choose_claims(varma(), {"circuits", "ungrokking"}));
}

/// A bound, a text or a size that changes must be locked anew, before its runs: `make lock-protocols`.
TEST(Protocol, LockedOnesAreWhatTheCodeMakes) {
  for (const LockedProtocol& file : locked_protocols()) {
    const Study& study = find_study(file.study);
    const Json locked = *find_locked_protocol(study, file.scale);
    const Json ours = make_protocol(study, {file.scale, 0}, study.claims);
    EXPECT_EQ(protocol_difference(locked, ours), "") << file.study << " " << file.scale;
    EXPECT_EQ(locked.at("hash"), protocol_hash(ours)) << file.study << " " << file.scale;
  }
}

TEST(Protocol, HoldsEveryClaimOfEveryScaleWithItsBounds) {
  for (const Study& study : all_studies()) {
    for (const std::string& scale : study.scales) {
      const Json protocol = make_protocol(study, {scale, 0}, study.claims);
      ASSERT_EQ(protocol.at("claims").size(), study.claims.size());
      for (const auto& [id, entry] : protocol.at("claims").items()) {
        EXPECT_FALSE(entry.at("rules").empty()) << id;
        EXPECT_FALSE(entry.at("sizes").empty()) << id;
        bool any_counts = false;
        for (const Json& rule : entry.at("rules")) {
          EXPECT_NE(rule.at("comparison"), "unstated") << id << ": " << rule.at("what");
          EXPECT_TRUE(rule.at("bound").is_number()) << id << ": " << rule.at("what");
          EXPECT_EQ(rule.at("what").get<std::string>().find("nan"), std::string::npos) << id;
          EXPECT_EQ(rule.at("rule").get<std::string>().find("nan"), std::string::npos) << id;
          any_counts = any_counts || rule.at("counts") == true;
        }
        EXPECT_TRUE(any_counts) << id;
      }
      EXPECT_EQ(protocol_hash(protocol), protocol_hash(make_protocol(study, {scale, 0}, study.claims)));
    }
  }
}

/// The negative control of the two above: each kind of change is seen, and said where it is.
TEST(Protocol, EveryChangeIsSeenAndNamed) {
  const Json locked = some_protocol();
  const auto difference = [&](const auto& change) {
    Json changed = locked;
    change(changed);
    EXPECT_NE(protocol_hash(changed), protocol_hash(locked));
    return protocol_difference(locked, changed);
  };
  EXPECT_EQ(protocol_difference(locked, locked), "");
  EXPECT_EQ(difference([](Json& p) { p["claims"]["circuits"]["rules"][0]["bound"] = 0.7; }),
            "claim circuits: rules[0].bound: locked 0.8, now 0.7");
  EXPECT_EQ(difference([](Json& p) { p["claims"]["circuits"]["rules_version"] = 2; }),
            "claim circuits: rules_version: locked 1, now 2");
  EXPECT_NE(difference([](Json& p) { p["claims"]["circuits"]["rules"][0]["what"] = "another effect"; }).find("what"),
            std::string::npos);
  EXPECT_EQ(difference([](Json& p) { p["claims"]["circuits"]["rules"].erase(2); }),
            "claim circuits: rules: locked 3 elements, now 2");
  EXPECT_EQ(difference([](Json& p) { p["claims"]["new"] = Json::object(); }), "claim new: not in the locked protocol");
  EXPECT_EQ(difference([](Json& p) { p["levels"]["family"] = 0.1; }), "levels.family: locked 0.05, now 0.1");
  EXPECT_EQ(protocol_difference(locked, some_protocol(3)), "claim ungrokking: sizes.seeds.count: locked 5, now 3");
}

TEST(Protocol, SomeClaimsOfTheLockedOneAreTheLockedOne) {
  const Json locked = Json::parse(protocol_text(some_protocol()));
  const Json one = make_protocol(varma(), {"quick", 0}, choose_claims(varma(), {"circuits"}));
  const ProtocolStanding followed = compare_with_locked(locked, one);
  EXPECT_TRUE(followed.locked);
  EXPECT_FALSE(followed.exploratory);
  EXPECT_EQ(followed.hash, locked.at("hash"));
  EXPECT_EQ(standing_text(followed), "protocol " + followed.hash + ", locked before the runs");
  const ProtocolStanding other = compare_with_locked(locked, some_protocol(2));
  EXPECT_FALSE(other.locked);
  EXPECT_TRUE(other.exploratory);
  EXPECT_NE(other.hash, followed.hash);
  EXPECT_NE(standing_text(other).find("exploratory: not the locked protocol (claim "), std::string::npos);
  const ProtocolStanding free = compare_with_locked(std::nullopt, one);
  EXPECT_TRUE(free.exploratory);
  EXPECT_EQ(free.difference, "");
}

TEST(Protocol, AFileWhoseHashIsNotItsOwnIsRefused) {
  const std::string text = protocol_text(some_protocol());
  EXPECT_EQ(protocol_text(parse_protocol(text, "file")), text);
  Json edited = Json::parse(text);
  edited["claims"]["circuits"]["rules"][0]["bound"] = 0.5;
  EXPECT_THROW(parse_protocol(edited.dump(), "file"), Error);
  EXPECT_THROW(parse_protocol("{}", "file"), Error);
  EXPECT_THROW(parse_protocol(R"({"format": 1})", "file"), Error);
  Json with_power = Json::parse(text);
  with_power["power"] = "what is known of the tests, no part of the rules";
  EXPECT_EQ(protocol_hash(with_power), edited.at("hash"));
}

}  // namespace
}  // namespace groklab::studies
