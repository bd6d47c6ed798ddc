// Tests of kept.h: what a store keeps of reproductions. That files of others are read as data is tested where the live
// page shows them (serve/figures_test.cc).
#include "groklab/studies/kept.h"

#include <gtest/gtest.h>

#include <filesystem>

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

}  // namespace
}  // namespace groklab::studies
