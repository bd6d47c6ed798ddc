// Tests of kept.h: what a store keeps of reproductions. That files of others are read as data is tested where the live
// page shows them (serve/figures_test.cc).
#include "groklab/studies/kept.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "groklab/base/error.h"
#include "groklab/store/support_test.h"

namespace groklab::studies {
namespace {

namespace fs = std::filesystem;

Reproduction sample() {
  Reproduction reproduction;
  reproduction.study = &all_studies().front();
  reproduction.summary.scale = "quick";
  reproduction.protocol.hash = "12ab";
  return reproduction;
}

TEST(KeptReproductions, TheLastOfEachProtocolStays) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(kept_reproductions(directory.path()).empty());
  const fs::path file = keep_reproduction(directory.path(), sample());
  keep_reproduction(directory.path(), sample());
  EXPECT_EQ(file.filename(), all_studies().front().id + "-quick-12ab.json");
  Reproduction other = sample();
  other.protocol.hash = "34cd";
  keep_reproduction(directory.path(), other);
  const std::vector<KeptReproduction> kept = kept_reproductions(directory.path());
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].protocol, "12ab");
  EXPECT_EQ(kept[0].scale, "quick");
  EXPECT_EQ(kept[0].study, all_studies().front().id);
  EXPECT_EQ(kept[1].protocol, "34cd");
}

TEST(KeptReproductions, NoLinkLeadsOutOfTheStore) {
  const TemporaryDirectory store, elsewhere;
  fs::create_directory_symlink(elsewhere.path(), store.path() / "reproductions");
  EXPECT_THROW(keep_reproduction(store.path(), sample()), Error);
  keep_reproduction(elsewhere.path(), sample());
  fs::rename(elsewhere.path() / "reproductions", elsewhere.path() / "x");
  EXPECT_TRUE(kept_reproductions(store.path()).empty());
}

Look sample_look(double effect, const char* date) {
  Reproduction reproduction = sample();
  reproduction.protocol.locked = true;
  reproduction.summary.seeds = {5000, 5};
  Judgement judgement;
  judgement.tests = {{"an effect", "above 1", {effect, effect - 1, effect + 1, 5}, must_be_above(1)}};
  reproduction.claims.push_back({reproduction.study->claims.front(), judgement, {}});
  return make_look(reproduction, date);
}

// Catches: a look that is lost, one that is counted twice as stored runs are judged again, one shown as a reproduction.
TEST(KeptLooks, EveryLookIsKeptOnce) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(kept_looks(directory.path()).empty());
  keep_reproduction(directory.path(), sample());
  ASSERT_TRUE(keep_look(directory.path(), sample_look(3, "2026-11-28")).has_value());
  EXPECT_FALSE(keep_look(directory.path(), sample_look(3, "2026-11-29")).has_value()) << "judged again";
  EXPECT_TRUE(keep_look(directory.path(), sample_look(4, "2026-11-29")).has_value());
  const std::vector<Look> looks = kept_looks(directory.path());
  ASSERT_EQ(looks.size(), 2u);
  EXPECT_EQ(looks[0].date, "2026-11-28");
  EXPECT_EQ(kept_reproductions(directory.path()).size(), 1u);
}

TEST(KeptLooks, FilesThatAreNoneAreLeftOut) {
  const TemporaryDirectory directory;
  keep_look(directory.path(), sample_look(3, "2026-11-28"));
  std::ofstream(directory.path() / "reproductions" / "look-no.json") << "{}";
  fs::create_symlink("/etc/hostname", directory.path() / "reproductions" / "look-link.json");
  EXPECT_EQ(kept_looks(directory.path()).size(), 1u);
}

}  // namespace
}  // namespace groklab::studies
