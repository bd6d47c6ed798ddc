// No function is longer than 60 lines, tables aside: found from the layout that clang-format gives every file.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLines = 60;
/// Functions that are tables: one entry after another and nothing to understand in between.
const std::set<std::string> kTables = {"visit_fields", "routes"};

struct LongFunction {
  std::string head;
  int lines;
};

/// The statement that ends in line `i`, from where it begins.
std::string statement(const std::vector<std::string>& lines, std::size_t i) {
  static const std::regex kEnd(R"((^\s*$)|([;{}:]\s*$)|(^\s*(//|#|template)))");
  std::string text = lines[i];
  while (i > 0 && !std::regex_search(lines[i - 1], kEnd)) text = lines[--i] + text;
  return text;
}

bool begins_function(const std::string& head) {
  static const std::regex kOther(
      R"(^\s*(namespace|struct|class|enum|union|extern|if|for|while|switch|else|do|try|return)\b)");
  static const std::regex kInitialiser(R"(=\s*\{\s*$)");
  static const std::regex kLambda(R"(\[[^\]]*\] ?\()");  // its lines count for the function that it stands in
  return head.find('(') != std::string::npos && !std::regex_search(head, kOther) && !std::regex_search(head, kLambda) &&
         !std::regex_search(head, kInitialiser);
}

bool begins_at(const std::string& text, const std::string& indent) {
  return text.starts_with(indent) && text.size() > indent.size() && text[indent.size()] != ' ';
}

/// Functions above the limit. Definitions begin in column 0, or in column 2 inside a class, and end with a brace there.
std::vector<LongFunction> long_functions(const std::vector<std::string>& lines) {
  std::vector<LongFunction> found;
  for (const std::string indent : {"", "  "}) {
    std::size_t start = 0;
    std::string head;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      if (head.empty() && line.ends_with("{")) {
        const std::string text = statement(lines, i);  // its last line may be a continuation, further in
        if (!begins_at(text, indent) || !begins_function(text)) continue;
        head = text;
        start = i;
      } else if (!head.empty() && begins_at(line, indent) && line[indent.size()] == '}') {
        const int count = static_cast<int>(i - start) + 1;
        if (count > kMostLines) found.push_back({head, count});
        head.clear();
      }
    }
  }
  return found;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(FunctionLength, IsAtMostSixtyLines) {
  int files = 0;
  for (const char* root : {"src", "cli", "include"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(GROKLAB_SOURCE_DIR) / root)) {
      const std::string path = entry.path().generic_string();
      if ((!path.ends_with(".cc") && !path.ends_with(".h")) || path.ends_with("_test.cc")) continue;
      ++files;
      for (const LongFunction& function : long_functions(lines_of(entry.path()))) {
        bool is_table = false;
        for (const std::string& table : kTables)
          is_table = is_table || function.head.find(table + "(") != std::string::npos;
        EXPECT_TRUE(is_table) << path << ": " << function.lines << " lines: " << function.head;
      }
    }
  }
  EXPECT_GT(files, 200);
}

TEST(FunctionLength, LongOnesAreSeen) {
  std::vector<std::string> lines = {"int f(int a,", "      int b) {"};
  lines.insert(lines.end(), 58, "  ++a;");
  lines.push_back("}");
  EXPECT_TRUE(long_functions(lines).empty());  // 60 from the brace on
  lines.insert(lines.begin() + 2, "  ++a;");
  ASSERT_EQ(long_functions(lines).size(), 1u);
  EXPECT_EQ(long_functions(lines)[0].lines, 61);
  std::vector<std::string> method = {"class A {", "  void f() {"};
  method.insert(method.end(), 60, "    ++a;");
  method.insert(method.end(), {"  }", "};"});
  EXPECT_EQ(long_functions(method).size(), 1u);
}

}  // namespace
}  // namespace groklab
