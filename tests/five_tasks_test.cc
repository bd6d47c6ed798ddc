// The page of five tasks, run as it stands: its TOML files are written, its commands must end well.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "program.h"

namespace groklab {
namespace {

TEST(FiveTasks, CommandsRunAsTheyStand) {
  std::ifstream page(std::filesystem::path(GROKLAB_SOURCE_DIR) / "docs" / "five-tasks.md");
  ASSERT_TRUE(page);
  const Workplace place;
  std::string language, block;
  int files = 0, commands = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("```")) {
      if (!language.empty()) block += line + "\n";
      continue;
    }
    if (language == "toml") {
      ASSERT_EQ(block.rfind("# ", 0), 0u) << "the first line names the file: " << block;
      place.write(block.substr(2, block.find('\n') - 2), block);
      ++files;
    }
    if (language == "sh") {
      std::istringstream lines(block);
      for (std::string command; std::getline(lines, command); ++commands) {
        const ProgramResult result = place.shell("groklab() { \"$GROKLAB\" \"$@\"; }; " + command);
        EXPECT_EQ(result.code, 0) << command << ": " << result.err;
      }
    }
    language = language.empty() ? line.substr(3) : "";
    block.clear();
  }
  EXPECT_EQ(files, 2);
  EXPECT_GE(commands, 9);
  for (const char* file :
       {"page.html", "rows.npy", "weights.safetensors", "optimisers.html", "many.html", "one.html"}) {
    EXPECT_GT(std::filesystem::file_size(place.path() / file), 1000u) << file;
  }
}

}  // namespace
}  // namespace groklab
