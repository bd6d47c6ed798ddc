// docs/library.md shows the example programs as the package test builds and runs them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace groklab {
namespace {

namespace fs = std::filesystem;

std::string file_text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(LibraryDocs, ShowTheExamplesAsTheyAre) {
  const fs::path root = GROKLAB_SOURCE_DIR;
  const std::string page = file_text(root / "docs" / "library.md");
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(root / "examples" / "cpp")) {
    ++seen;
    std::string text = file_text(entry.path());
    ASSERT_FALSE(text.empty());
    text.pop_back();
    EXPECT_NE(page.find("\n" + text + "\n```"), std::string::npos) << entry.path().filename();
    EXPECT_LE(std::count(text.begin(), text.end(), '\n') + 1, 60) << entry.path().filename();
  }
  EXPECT_EQ(seen, 4);  // three programs and their build
}

TEST(LibraryDocs, NameEveryPublicHeader) {
  const fs::path root = GROKLAB_SOURCE_DIR;
  const std::string page = file_text(root / "docs" / "library.md");
  for (const auto& entry : fs::directory_iterator(root / "include" / "groklab")) {
    const std::string name = entry.path().filename().string();
    EXPECT_NE(page.find("`groklab/" + name + "`"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace groklab
