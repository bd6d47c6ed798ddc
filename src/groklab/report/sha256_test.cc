// SHA-256 against the examples of its standard and lengths around a block.
#include "groklab/report/sha256.h"

#include <gtest/gtest.h>

#include <set>

namespace groklab::report {
namespace {

TEST(Sha256Test, IsThatOfTheStandard) {
  EXPECT_EQ(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(sha256_base64("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
  EXPECT_EQ(sha256_base64(std::string(1'000'000, 'a')), "zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA=");
}

// Catches: padding that is wrong where the length does not fit into the last block any more.
TEST(Sha256Test, EveryLengthAroundABlockHasItsOwn) {
  std::set<std::string> seen;
  for (std::size_t n = 50; n < 140; ++n) seen.insert(sha256_base64(std::string(n, 'x')));
  EXPECT_EQ(seen.size(), 90u);
}

}  // namespace
}  // namespace groklab::report
