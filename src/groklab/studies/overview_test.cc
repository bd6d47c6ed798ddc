// All studies on one page: from measurements, from looks, and where there is nothing.
#include "groklab/studies/overview.h"

#include <gtest/gtest.h>

#include "groklab/studies/protocol.h"
#include "groklab/studies/timed_made_up_for_test.h"
#include "groklab/studies/truong2026-clamp/claims.h"

namespace groklab::studies {
namespace {

const Study& clamp() { return find_study("truong2026-clamp"); }

Reproduction judged() {
  Measurements m;
  m.study = clamp().id;
  m.summary.scale = "quick";
  m.claims = {{"critical-norm", plain_to_json(made_up_runs(truong2026_clamp::critical_norm_sizes({"quick", 0}),
                                                           [](std::size_t seed, TimedRun& run) {
                                                             run.norm_at_grok =
                                                                 54.5 + 0.1 * varma2023::kDeviations[seed];
                                                           }))}};
  return judge_measurements(m);
}

TEST(Overview, MeasuredClaimsHaveVerdictTextAndLink) {
  const std::vector<OverviewRow> rows = overview_of(judged(), "clamp.html");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].verdict, "confirmed");
  EXPECT_EQ(rows[0].link, "clamp.html#critical-norm");
  EXPECT_NE(rows[0].published.find("54.5"), std::string::npos);
  EXPECT_NE(rows[0].here.find("norm 54.5"), std::string::npos) << rows[0].here;
}

TEST(Overview, ALookGivesVerdictsAndOtherClaimsStayUnrun) {
  const Look look = make_look(judged(), "2026-11-27");
  const std::vector<OverviewRow> rows = overview_of(clamp(), {look}, "quick");
  ASSERT_EQ(rows.size(), clamp().claims.size());
  EXPECT_EQ(rows[0].verdict, "not run");
  EXPECT_EQ(rows[2].verdict, "confirmed");
  EXPECT_NE(rows[2].here.find("ln(norm"), std::string::npos);
  EXPECT_NE(rows[2].standing.find("2026-11-27"), std::string::npos);
}

TEST(Overview, TheLastLockedLookCounts) {
  Look early = make_look(judged(), "2026-11-25"), late = early, other = early;
  early.exploratory = false;
  late.date = "2026-11-27";
  late.exploratory = true;
  other.scale = "standard";
  other.date = "2026-11-28";
  const std::vector<Look> looks = {early, late, other};
  EXPECT_EQ(last_look(looks, clamp(), "critical-norm", "quick"), &looks[0])
      << "an exploratory look does not replace a locked one";
  EXPECT_EQ(last_look(looks, find_study("varma2023"), "critical-norm", "quick"), nullptr);
}

// Catches: two looks of one day, of which the one by the protocol before stands for the claim.
TEST(Overview, TheLookByTheLockedProtocolCountsMoreThanALaterOne) {
  Look locked = make_look(judged(), "2026-11-25"), before = locked;
  locked.exploratory = before.exploratory = false;
  locked.protocol = find_locked_protocol(clamp(), "quick")->at("hash").get<std::string>();
  before.protocol = "0123456789ab";
  before.date = "2026-11-27";
  const std::vector<Look> looks = {locked, before};
  EXPECT_EQ(last_look(looks, clamp(), "critical-norm", "quick"), &looks[0]);
}

// Catches: a claim that was added later, with a look of its own, hides those of the look before.
TEST(Overview, EachClaimHasItsOwnLastLook) {
  Look first = make_look(judged(), "2026-11-25"), second = first;
  second.date = "2026-11-27";
  second.claims[0].id = "delay-law";
  second.claims[0].verdict = "refuted";
  const std::vector<OverviewRow> rows = overview_of(clamp(), {first, second}, "quick");
  EXPECT_EQ(rows[0].verdict, "refuted");
  EXPECT_EQ(rows[2].verdict, "confirmed");
  EXPECT_NE(rows[2].standing.find("2026-11-25"), std::string::npos);
}

TEST(Overview, PageTableAndJsonHoldEveryClaim) {
  std::vector<OverviewRow> rows;
  for (const Study& study : all_studies()) {
    for (const OverviewRow& row : overview_without_runs(study)) rows.push_back(row);
  }
  rows[0].here = "a < b";
  const std::string page = overview_page(rows, "quick", "0"), table = overview_table(rows);
  EXPECT_NE(page.find("a &lt; b"), std::string::npos);
  EXPECT_EQ(overview_json(rows).at("claims").size(), rows.size());
  for (const Study& study : all_studies()) {
    EXPECT_NE(page.find(study.id), std::string::npos);
    for (const Claim& claim : study.claims) EXPECT_NE(table.find(claim.id), std::string::npos) << claim.id;
  }
  EXPECT_NE(table.find(std::to_string(rows.size()) + " not run"), std::string::npos);
}

}  // namespace
}  // namespace groklab::studies
