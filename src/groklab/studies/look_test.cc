// Looks: written, read, drawn; and the archive of this repository.
#include "groklab/studies/look.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "groklab/base/error.h"
#include "groklab/config/text_file.h"

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
  r.claims.push_back({r.study->claims.front(), judgement, {}});
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
  const Look unknown = make_look(reproduction_of({std::nan(""), std::nan(""), std::nan(""), 0}), "");
  EXPECT_TRUE(std::isnan(parse_look(look_text(unknown), "file").claims[0].tests[0].effect));
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

/// The archive of this repository: nothing is lost from it, and what earlier looks said is not told better.
TEST(Looks, TheArchiveHoldsTheEarlierOnes) {
  std::vector<Look> looks;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(GROKLAB_SOURCE_DIR) / "docs/results/looks")) {
    looks.push_back(parse_look(read_text_file(entry.path().string()), entry.path().string()));
  }
  int n_early = 0, n_confirmed = 0, n_refuted = 0, n_verdicts = 0;
  for (const Look& look : looks) {
    if (look.date > "2026-11-23") continue;
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

}  // namespace
}  // namespace groklab::studies
