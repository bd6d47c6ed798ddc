// CONTRIBUTING.md walks through a component that exists: what it quotes stands in the source, and its files are there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "groklab/config/component.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = GROKLAB_SOURCE_DIR;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
}

/// Without spaces and line ends, where a quotation may differ.
std::string packed(const std::string& text) { return std::regex_replace(text, std::regex(R"(\s+)"), ""); }

// Fails if the penalty's descriptor changes and the walk does not.
TEST(Contributing, QuotesTheSource) {
  const std::string walk = text_of(kRoot / "CONTRIBUTING.md");
  const std::size_t begin = walk.find("```cpp\n"), end = walk.find("```", begin + 7);
  ASSERT_NE(end, std::string::npos);
  const std::string quoted = packed(walk.substr(begin + 7, end - begin - 7));
  EXPECT_GT(quoted.size(), 300u);
  EXPECT_NE(packed(text_of(kRoot / "src/groklab/optim/l1_penalty.cc")).find(quoted), std::string::npos);
}

TEST(Contributing, NamesFilesThatExist) {
  const std::string walk = text_of(kRoot / "CONTRIBUTING.md");
  const std::regex file(R"(`((?:src|tests|tools|docs)/[a-z0-9_/]+\.[a-z]+)`)");
  int seen = 0;
  for (auto found = std::sregex_iterator(walk.begin(), walk.end(), file); found != std::sregex_iterator(); ++found) {
    ++seen;
    EXPECT_TRUE(fs::exists(kRoot / (*found)[1].str())) << (*found)[1];
  }
  EXPECT_GT(seen, 5);
}

// "One source file, its test, a golden file": true of every optimiser, penalty and constraint, by their names.
TEST(Contributing, EveryPartOfAStepHasItsFiles) {
  int seen = 0;
  for (const ComponentSpec* component : component_specs()) {
    std::string stem(component->name);
    if (component->choice.empty()) {  // "penalty.l1" is l1_penalty.cc
      const std::size_t dot = stem.find('.');
      stem = stem.substr(dot + 1) + "_" + stem.substr(0, dot);
    } else if (component->choice != "optim.kind") {
      continue;
    }
    if (!fs::exists(kRoot / "src/groklab/optim" / (stem + ".cc"))) continue;
    ++seen;
    if (stem == "adamw" || stem == "adam" || stem == "sgd") continue;  // stepper_test.cc, and cases of golden_torch.py
    EXPECT_TRUE(fs::exists(kRoot / "src/groklab/optim" / (stem + "_test.cc"))) << stem;
    EXPECT_TRUE(fs::exists(kRoot / "tools/golden" / (stem + ".py"))) << stem;
  }
  EXPECT_GE(seen, 8);
}

}  // namespace
}  // namespace groklab
