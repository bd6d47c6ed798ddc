// What reaches a terminal: no control characters, valid UTF-8, lines of bounded length.
#include "groklab/base/printable.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace groklab {
namespace {

TEST(Printable, LeavesPlainTextAlone) {
  EXPECT_EQ(printable("a b\nc"), "a b\nc");
  EXPECT_EQ(printable("η = 1e-3, Φ, 漢, 😀"), "η = 1e-3, Φ, 漢, 😀");
}

// Mutation: a decoder that takes overlong forms lets "\xc0\x9b" (an overlong escape character) through.
TEST(Printable, EscapesControlCharactersAndWhatIsNoUtf8) {
  EXPECT_EQ(printable("\x1b[31mred\a"), "\\u001b[31mred\\u0007");
  EXPECT_EQ(printable("\x7f"), "\\u007f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\u009b2J");  // C1: a control sequence in one character
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "x"),
            "\\u202ex");  // writes backwards
  EXPECT_EQ(printable("a\xff"), "a\\xff");
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b");           // overlong
  EXPECT_EQ(printable("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");  // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // half a pair of UTF-16
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xe6\xbc"), "\\xe6\\xbc");  // cut
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "\\u0000x");
}

TEST(Printable, JsonStaysTheSameValue) {
  const nlohmann::json json = {{"name",
                                "a\x7f\xc2\x85\xe2\x80\xa8\x1b"
                                "b"}};
  const std::string text = printable(json.dump(1));
  EXPECT_EQ(text.find('\x7f'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text), json);
}

TEST(Printable, ALineIsOneLineAndCut) {
  EXPECT_EQ(printable_line("a\nb \n\n"), "a b");
  const std::string line = printable_line(std::string(300, 'a') + std::string(18'000, 'b') + "the end");
  EXPECT_LE(line.size(), kLongestLine);
  EXPECT_EQ(line.substr(0, 300), std::string(300, 'a'));
  EXPECT_EQ(line.substr(line.size() - 7), "the end");
  // Cut between characters, wherever the cut falls: mutation: without the two loops half a character stays.
  for (std::size_t most = 20; most < 40; ++most) {
    std::string wide;
    for (int i = 0; i < 40; ++i) wide += "漢";
    const std::string cut = printable_line(wide, most);
    EXPECT_LE(cut.size(), most);
    EXPECT_EQ(printable(cut), cut) << most;
  }
}

}  // namespace
}  // namespace groklab
