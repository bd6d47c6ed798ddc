// The digest of a claim's code: what it holds, and what it does not.
#include "groklab/studies/code_version.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "groklab/config/text_file.h"
#include "groklab/report/sha256.h"
#include "groklab/studies/study.h"

namespace groklab::studies {
namespace {

// Catches: a file of one claim counted for another whose name begins alike, or for all.
TEST(CodeVersion, FilesBelongToTheClaimTheyAreNamedAfter) {
  const Study& varma = find_study("varma2023");
  EXPECT_EQ(claim_of_file(varma, "dcrit_summary.cc"), "dcrit");
  EXPECT_EQ(claim_of_file(varma, "efficiency_mem.h"), "efficiency-mem");
  EXPECT_EQ(claim_of_file(varma, "ungrokking.cc"), "ungrokking") << "not grokking";
  EXPECT_EQ(claim_of_file(varma, "common.cc"), "");
  EXPECT_EQ(claim_of_file(varma, "study.cc"), "");
}

TEST(CodeVersion, ClaimsWithFilesOfTheirOwnHaveDigestsOfTheirOwn) {
  const Study& varma = find_study("varma2023");
  std::set<std::string> digests;
  for (const Claim& claim : varma.claims) {
    const std::string digest = code_digest(varma, claim.id);
    EXPECT_EQ(digest.size(), 12u);
    EXPECT_EQ(digest, code_digest(varma, claim.id));
    digests.insert(digest);
  }
  EXPECT_EQ(digests.size(), varma.claims.size());
  EXPECT_NE(code_digest(find_study("rivals"), "dcrit"), code_digest(varma, "dcrit"));
}

/// What was embedded is what lies in the repository, and no test is in it.
TEST(CodeVersion, TheSourcesAreThoseOfTheRepository) {
  const std::filesystem::path root = GROKLAB_SOURCE_DIR;
  std::set<std::string> paths;
  for (const SourceDigest& source : source_digests()) {
    paths.insert(source.path);
    EXPECT_EQ(source.sha256, report::sha256_hex(read_text_file((root / source.path).string()))) << source.path;
    EXPECT_EQ(std::string(source.path).find("_test."), std::string::npos) << source.path;
  }
  for (const char* path : {"src/groklab/studies/varma2023/dcrit.cc", "src/groklab/studies/claim.h",
                           "src/groklab/analysis/estimate.cc", "src/groklab/probe/scaling.cc"}) {
    EXPECT_TRUE(paths.contains(path)) << path;
  }
  EXPECT_TRUE(std::is_sorted(source_digests().begin(), source_digests().end(),
                             [](const auto& a, const auto& b) { return std::string(a.path) < std::string(b.path); }));
}

}  // namespace
}  // namespace groklab::studies
