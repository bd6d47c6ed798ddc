// The documents must stay true where a program can tell: links lead somewhere, every page can be reached from the
// README, and every configuration key that a document or an example names exists and takes the value it is given.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/grid.h"
#include "groklab/sweep/plan.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = GROKLAB_SOURCE_DIR;

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// README and its neighbours, everything under docs/ and examples/. pyproject.toml is Python's, no configuration.
std::vector<fs::path> documents(const std::set<std::string>& extensions) {
  std::vector<fs::path> found;
  const auto add = [&](const fs::path& file) {
    if (file.filename() == "pyproject.toml") return;
    if (extensions.contains(file.extension().string())) found.push_back(file);
  };
  for (const auto& entry : fs::directory_iterator(kRoot)) add(entry.path());
  for (const char* folder : {"docs", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) add(entry.path());
  }
  return found;
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) found.push_back((*it)[1]);
  return found;
}

bool is_fence(const std::string& line) { return line.rfind("```", 0) == 0; }

/// Targets of Markdown links and pictures to files, without anchors. Code is no place for links.
std::vector<std::string> file_links(const std::string& markdown) {
  static const std::regex kCode("`[^`]*`"), kLink(R"(\]\(([^)\s]+)\))");
  std::string prose, line;
  bool fenced = false;
  for (std::istringstream stream(markdown); std::getline(stream, line);) {
    if (is_fence(line)) fenced = !fenced;
    if (!fenced && !is_fence(line)) prose += line + "\n";
  }
  std::vector<std::string> found;
  for (const std::string& target : matches(std::regex_replace(prose, kCode, "code"), kLink)) {
    const std::string path = target.substr(0, target.find('#'));
    if (!path.empty() && path.find("://") == std::string::npos && path.rfind("mailto:", 0) != 0) found.push_back(path);
  }
  return found;
}

struct Setting {
  std::string key;
  std::string assignment;  ///< key=value, or empty where only the key is named
};

/// What follows each --set, also across a line break.
std::vector<Setting> set_options(const std::string& text) {
  static const std::regex kSet(R"(--set[\s=]+["']?([A-Za-z0-9_.]+=[^\s"'`,;)\\]+))");
  std::vector<Setting> found;
  for (const std::string& assignment : matches(text, kSet)) {
    const std::string key = assignment.substr(0, assignment.find('='));
    if (key != "key") found.push_back({key, assignment});  // "--set key=value" stands for any
  }
  return found;
}

/// Keys below [section] lines; in Markdown only inside fenced blocks, each of which starts without a section.
std::vector<Setting> section_keys(const std::string& text, bool markdown) {
  static const std::regex kSection(R"(\[([A-Za-z_]+)\]\s*(#.*)?)"), kKey(R"(([A-Za-z0-9_]+)\s*=.*)");
  std::vector<Setting> found;
  std::string section, line;
  bool reads = !markdown;
  std::smatch match;
  for (std::istringstream stream(text); std::getline(stream, line);) {
    if (markdown && is_fence(line)) {
      reads = !reads;
      section.clear();
    } else if (!reads || line.empty() || line[0] == '#') {
      continue;
    } else if (std::regex_match(line, match, kSection)) {
      section = match[1];
    } else if (std::regex_match(line, match, kKey)) {
      if (!section.empty()) found.push_back({section + "." + match[1].str(), ""});
    } else {
      section.clear();  // a command or its output ends a file that is shown
    }
  }
  return found;
}

/// `section.key`, alone or with a value, in the prose of a document.
std::vector<Setting> quoted_keys(const std::string& markdown) {
  // `task.h` is a header.
  static const std::regex kQuoted(R"(`((?:task|split|model|loss|optim|train|fork)\.(?!h`)[a-z0-9_]+)(?:\s*=[^`]*)?`)");
  std::vector<Setting> found;
  for (const std::string& key : matches(markdown, kQuoted)) found.push_back({key, ""});
  return found;
}

/// `Suite.Name` of tests.
std::vector<std::string> quoted_tests(const std::string& markdown) {
  static const std::regex kTest("`([A-Z][A-Za-z0-9]+\\.[A-Z][A-Za-z0-9]+)`");
  return matches(markdown, kTest);
}

/// Suite.Name of every test in the sources, and those that CMake adds.
std::set<std::string> known_tests() {
  static const std::regex kMacro(R"(\n(?:TYPED_)?TEST(?:_F|_P)?\((\w+),\s*(\w+)\))"), kAdded(R"(add_test\(NAME (\S+))");
  std::set<std::string> known;
  for (const char* folder : {"src", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      if (entry.path().extension() != ".cc") continue;
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator it(text.begin(), text.end(), kMacro), end; it != end; ++it) {
        known.insert((*it)[1].str() + "." + (*it)[2].str());
      }
    }
  }
  for (const std::string& name : matches(text_of(kRoot / "cmake" / "Tests.cmake"), kAdded)) known.insert(name);
  return known;
}

/// What is wrong with a setting; "" if nothing is.
std::string complaint(const Setting& setting) {
  static const std::set<std::string> keys = [] {
    std::set<std::string> all;
    for (const FieldInfo& field : config_fields()) all.insert(field.key);
    return all;
  }();
  if (!keys.contains(setting.key)) return setting.key + " is no configuration key";
  if (setting.assignment.empty()) return "";
  try {
    Config config;
    set_config_value(config, setting.assignment);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::vector<Setting> settings_of(const fs::path& file) {
  const bool markdown = file.extension() == ".md";
  const std::string text = text_of(file);
  std::vector<Setting> all = set_options(text);
  const auto append = [&](const std::vector<Setting>& more) { all.insert(all.end(), more.begin(), more.end()); };
  if (markdown || file.extension() == ".toml") append(section_keys(text, markdown));
  if (markdown) append(quoted_keys(text));
  return all;
}

TEST(Docs, LinksLeadToFiles) {
  int seen = 0;
  for (const fs::path& file : documents({".md"})) {
    for (const std::string& link : file_links(text_of(file))) {
      ++seen;
      EXPECT_TRUE(fs::exists(file.parent_path() / link)) << fs::relative(file, kRoot) << " links to " << link;
    }
  }
  EXPECT_GT(seen, 10);
}

TEST(Docs, EveryPageCanBeReachedFromTheReadme) {
  std::set<fs::path> reached;
  std::vector<fs::path> open = {kRoot / "README.md"};
  while (!open.empty()) {
    const fs::path file = open.back().lexically_normal();
    open.pop_back();
    if (file.extension() != ".md" || !fs::exists(file) || !reached.insert(file).second) continue;
    for (const std::string& link : file_links(text_of(file))) open.push_back(file.parent_path() / link);
  }
  for (const fs::path& file : documents({".md"})) {
    EXPECT_TRUE(reached.contains(file.lexically_normal())) << "no page links to " << fs::relative(file, kRoot);
  }
}

TEST(Docs, NamedKeysExist) {
  int seen = 0;
  for (const fs::path& file : documents({".md", ".toml", ".sh"})) {
    for (const Setting& setting : settings_of(file)) {
      ++seen;
      EXPECT_EQ(complaint(setting), "") << fs::relative(file, kRoot);
    }
  }
  EXPECT_GT(seen, 30);
}

TEST(Docs, NamedTestsExist) {
  const std::set<std::string> known = known_tests();
  int seen = 0;
  for (const fs::path& file : documents({".md"})) {
    for (const std::string& test : quoted_tests(text_of(file))) {
      ++seen;
      EXPECT_TRUE(known.contains(test)) << fs::relative(file, kRoot) << " names " << test;
    }
  }
  EXPECT_GT(seen, 30);
}

TEST(Docs, ExamplesAreValidConfigurations) {
  for (const fs::path& file : documents({".toml"})) {
    if (file.parent_path().filename() == "grids") continue;
    EXPECT_NO_THROW(check_config(read_config_file(file.string()))) << fs::relative(file, kRoot);
  }
}

TEST(Docs, ExampleGridsCanBeSwept) {
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(kRoot / "examples" / "grids")) {
    ++seen;
    EXPECT_GT(expand_grid(read_grid_file(entry.path().string())).runs.size(), 1u) << entry.path();
  }
  EXPECT_GT(seen, 0);
}

// Negative controls: what the tests above must be able to see.
TEST(DocsControl, LinksAreFound) {
  EXPECT_EQ(file_links("See [a](no/such.md#part), ![b](images/x.png).\n`[c](code.md)`\n```\n[d](block.md)\n```\n"
                       "[e](https://example.org/f.md) [g](#here)"),
            (std::vector<std::string>{"no/such.md", "images/x.png"}));
}

TEST(DocsControl, TestsAreFound) {
  const std::set<std::string> known = known_tests();
  for (const std::string& test :
       quoted_tests("`Docs.NamedTestsExist` `Campaign.LossOfPower` `KernelTest.X`, `docs.h`")) {
    EXPECT_EQ(known.contains(test), test != "KernelTest.X") << test;
  }
  EXPECT_EQ(quoted_tests("`Docs.NamedTestsExist` `docs.h` `Docs`").size(), 1u);
}

TEST(DocsControl, WrongKeysAndValuesAreFound) {
  const auto first_complaint = [](const std::vector<Setting>& settings) {
    for (const Setting& setting : settings) {
      if (const std::string found = complaint(setting); !found.empty()) return found;
    }
    return std::string();
  };
  EXPECT_EQ(first_complaint(set_options("groklab train --set key=value --set seed=1 --set\ntrain.steps=20")), "");
  EXPECT_NE(first_complaint(set_options("use `--set\ntrain.stepps=3` there")), "");
  EXPECT_NE(first_complaint(set_options("--set train.steps=-3")), "");
  EXPECT_NE(first_complaint(set_options("--set \"loss.form=stabel\"")), "");
  EXPECT_EQ(first_complaint(section_keys("[train]\nsteps = 3\n", false)), "");
  EXPECT_NE(first_complaint(section_keys("[train]\nstepps = 3\n", false)), "");
  EXPECT_NE(first_complaint(section_keys("```toml\n[trian]  # x\nsteps = 3\n```\n", true)), "");
  EXPECT_EQ(section_keys("[train]\nsteps = 3\n", true).size(), 0u);
  EXPECT_EQ(section_keys("```\n[train]\n$ groklab\nx = 3\n```\n```\ny = 1\n```", true).size(), 0u);
  EXPECT_NE(first_complaint(quoted_keys("the key `train.stepps = 3`")), "");
  EXPECT_EQ(first_complaint(quoted_keys("the key `train.steps` and `optim.first_moment.NAME`")), "");
}

}  // namespace
}  // namespace groklab
