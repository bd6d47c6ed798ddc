// Digests: the values of the reference program, and pieces that give what the whole gives.
#include "groklab/base/digest.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

TEST(DigestTest, IsXxh3) {
  EXPECT_EQ(digest_of(""), "99aa06d3014798d86001c324468d497f");  // of the format's specification
  EXPECT_EQ(digest_of("a").size(), 32u);
  EXPECT_NE(digest_of("a"), digest_of("b"));
  EXPECT_NE(checksum_of("a"), checksum_of("b"));
}

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  const std::string whole(100'000, 'x');
  Digest digest;
  for (std::size_t at = 0; at < whole.size(); at += 777) {
    const std::string part = whole.substr(at, 777);
    digest.add(std::as_bytes(std::span(part.data(), part.size())));
  }
  EXPECT_EQ(digest.hex(), digest_of(whole));
}

// Mutation: texts added without their lengths.
TEST(DigestTest, TextsKeepTheirBorders) {
  Digest one, other;
  one.add_text("a");
  one.add_text("bc");
  other.add_text("ab");
  other.add_text("c");
  EXPECT_NE(one.hex(), other.hex());
}

}  // namespace
}  // namespace groklab
