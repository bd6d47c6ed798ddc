// Looks: written, read, drawn; and the archive of this repository.
#include "groklab/studies/look.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "groklab/base/error.h"
#include "groklab/config/text_file.h"
#include "groklab/studies/code_version.h"

namespace groklab::studies {
namespace {

Reproduction reproduction_of(const Estimate& effect, const char* scale = "quick") {
  Reproduction r;
  r.study = &find_study("varma2023");
  r.summary.scale = scale;
  r.summary.version = "1.2.3";
  r.summary.seeds = {4000, 5};
  r.judged = std::string(scale) != "smoke";
  r.protocol = {"1a2b3c4d5e6f", true, "", false};
  Judgement judgement;
  judgement.tests = {{"an effect", "above 1", effect, must_be_above(1)}, {"beside", "above 1", effect, {}, false}};
  r.claims.push_back({r.study->claims.front(), judgement, {}, "0123456789ab"});
  return r;
}

TEST(Looks, AreReadAsTheyWereWritten) {
  const Look look = make_look(reproduction_of({2, 1.5, 2.5, 5}), "2026-11-23");
  const Look back = parse_look(look_text(look), "file");
  EXPECT_EQ(look_text(back), look_text(look));
  EXPECT_EQ(back.protocol, "1a2b3c4d5e6f");
  ASSERT_EQ(back.claims.size(), 1u);
  EXPECT_EQ(back.claims[0].verdict, "confirmed");
  EXPECT_EQ(back.claims[0].tests[0].ci_low, 1.5);
  EXPECT_TRUE(back.claims[0].tests[0].headline);
  EXPECT_FALSE(back.claims[0].tests[1].counts);
  EXPECT_EQ(back.commit, built_from());
  EXPECT_EQ(back.claims[0].rules_version, 1);
  EXPECT_EQ(back.claims[0].code, code_digest(find_study("varma2023"), "grokking"));
  EXPECT_EQ(back.claims[0].measured_with, "0123456789ab");
  const Look unknown = make_look(reproduction_of({std::nan(""), std::nan(""), std::nan(""), 0}), "");
  EXPECT_TRUE(std::isnan(parse_look(look_text(unknown), "file").claims[0].tests[0].effect));
}

// Catches: the looks that were taken before the program told its commit lost, or given another text and name.
TEST(Looks, ThoseOfFormat1AreReadAndWrittenAsTheyWere) {
  Json first = Json::parse(look_text(make_look(reproduction_of({2, 1.5, 2.5, 5}), "2026-11-23")));
  first["format"] = "groklab look 1";
  EXPECT_THROW(parse_look(R"({"format": "groklab look 1"})", "file"), Error);
  first.erase("commit");
  for (const char* name : {"rules_version", "code", "measured_with"}) first["claims"][0].erase(name);
  const std::string text = first.dump(1) + "\n";
  const Look look = parse_look(text, "file");
  EXPECT_EQ(look.commit, "");
  EXPECT_EQ(look.claims[0].code, "");
  EXPECT_EQ(look_text(look), text);
  EXPECT_TRUE(is_same_look(look, make_look(reproduction_of({2, 1.5, 2.5, 5}), "2026-11-29")));
  EXPECT_FALSE(is_same_look(look, make_look(reproduction_of({2, 1.5, 2.6, 5}), "2026-11-23")));
}

TEST(Looks, ALookHasAFileOfItsOwn) {
  const Look one = make_look(reproduction_of({2, 1.5, 2.5, 5}), "2026-11-23");
  const Look other = make_look(reproduction_of({2, 1.5, 2.6, 5}), "2026-11-23");
  EXPECT_EQ(look_file_name(one).rfind("varma2023-quick-2026-11-23-4000-", 0), 0u);
  EXPECT_EQ(look_file_name(one), look_file_name(parse_look(look_text(one), "file")));
  EXPECT_NE(look_file_name(one), look_file_name(other));
}

TEST(Looks, FilesThatAreNoneAreRefused) {
  EXPECT_THROW(parse_look("{}", "file"), Error);
  EXPECT_THROW(parse_look(R"({"format": 1})", "file"), Error);
  Json json = Json::parse(look_text(make_look(reproduction_of({2, 1.5, 2.5, 5}), "")));
  json.erase("claims");
  EXPECT_THROW(parse_look(json.dump(), "file"), Error) << "a field is missing";
}

TEST(Looks, EveryLookIsDrawnInTheColourOfItsVerdict) {
  const Study& study = find_study("varma2023");
  const Look refuted = make_look(reproduction_of({0, -0.5, 0.5, 5}), "2026-11-24");
  const Look confirmed = make_look(reproduction_of({2, 1.5, 2.5, 5}), "2026-11-23");
  const std::string html = looks_section(study, {refuted, confirmed});
  const auto first = html.find("<g class=\"confirmed\">"), second = html.find("<g class=\"refuted\">");
  ASSERT_NE(first, std::string::npos);
  ASSERT_NE(second, std::string::npos);
  EXPECT_LT(first, second) << "oldest first";
  EXPECT_NE(html.find("look 2: an effect: 0.00 [-0.50, 0.50], refuted"), std::string::npos) << html;
  EXPECT_EQ(looks_section(study, {}), "");
}

// Catches: tests beside the headline left out; tests that do not count drawn; the same test at another scale, whose
// words hold other sizes, drawn apart; two tests of one look whose words differ by a number drawn as one.
TEST(Looks, EveryTestThatCountsIsDrawn) {
  const Study& study = find_study("varma2023");
  const auto look_with = [&](const char* second, const char* date) {
    Reproduction r = reproduction_of({2, 1.5, 2.5, 5});
    r.claims[0].judgement.tests.push_back({second, "below 0", {-1, -1.5, -0.5, 5}, must_be_below(0)});
    r.claims[0].judgement.tests.push_back({"fall at D = 7", "below 0", {-2, -2.5, -1.5, 5}, must_be_below(0)});
    return make_look(r, date);
  };
  const std::string html =
      looks_section(study, {look_with("fall at D = 600", "2026-11-23"), look_with("fall at D = 1000", "2026-11-24")});
  EXPECT_NE(html.find("look 1: fall at D = 600: -1.00"), std::string::npos) << html;
  EXPECT_NE(html.find("<summary>2 other tests that count</summary>"), std::string::npos) << html;
  EXPECT_EQ(html.find("beside"), std::string::npos) << "does not count";
  std::size_t strips = 0;
  for (std::size_t at = 0; (at = html.find("<svg", at)) != std::string::npos; ++at) ++strips;
  EXPECT_EQ(strips, 3u);
}

/// The archive of this repository: nothing is lost from it, and what earlier looks said is not told better.
TEST(Looks, TheArchiveHoldsTheEarlierOnes) {
  std::vector<Look> looks;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(GROKLAB_SOURCE_DIR) / "docs/results/looks")) {
    looks.push_back(parse_look(read_text_file(entry.path().string()), entry.path().string()));
  }
  int n_early = 0, n_confirmed = 0, n_refuted = 0, n_verdicts = 0;
  for (const Look& look : looks) {
    if (look.date > "2026-11-23" || look.scale != "quick") continue;
    ++n_early;
    for (const LookClaim& claim : look.claims) {
      ++n_verdicts;
      n_confirmed += claim.verdict == "confirmed" ? 1 : 0;
      n_refuted += claim.verdict == "refuted" ? 1 : 0;
    }
  }
  EXPECT_EQ(n_early, 4);
  EXPECT_EQ(n_verdicts, 40);
  EXPECT_EQ(n_confirmed, 36);
  EXPECT_EQ(n_refuted, 0);
  EXPECT_FALSE(looks_section(find_study("varma2023"), looks).empty());
}

/// Every result of a page in docs/results that some claim could have been judged by is a look too.
TEST(Looks, TheArchiveHoldsThePapersNetworkAndTheHysteresis) {
  std::map<std::string, std::pair<std::string, double>> first_tests;  // by scale and claim
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(GROKLAB_SOURCE_DIR) / "docs/results/looks")) {
    const Look look = parse_look(read_text_file(entry.path().string()), entry.path().string());
    if (look.protocol != "unlocked" || look.scale == "quick") continue;
    for (const LookClaim& claim : look.claims) {
      first_tests[look.scale + " " + claim.id] = {claim.verdict, claim.tests.at(0).effect};
      for (const LookTest& test : claim.tests) {
        EXPECT_TRUE(claim.verdict != "not judged" || !test.counts) << "what judged nothing counts for nothing";
      }
    }
  }
  EXPECT_EQ(first_tests["full efficiency-mem"], std::pair(std::string("confirmed"), 0.295));
  EXPECT_EQ(first_tests["full ungrokking"], std::pair(std::string("not judged"), 504.0));
  EXPECT_EQ(first_tests["full efficiency-gen"], std::pair(std::string("not judged"), 0.002));
  EXPECT_EQ(first_tests["standard semi-grokking"], std::pair(std::string("not judged"), 2.33));
}

}  // namespace
}  // namespace groklab::studies
