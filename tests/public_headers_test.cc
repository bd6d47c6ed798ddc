// include/groklab/: what is installed. It leans on nothing else of groklab's, and every name in it says what it is.
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

const fs::path kHeaders = fs::path(GROKLAB_SOURCE_DIR) / "include" / "groklab";

std::vector<std::string> lines_of_header(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::set<std::string> public_headers() {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(kHeaders))
    names.insert("groklab/" + entry.path().filename().string());
  return names;
}

/// What a public header must not include: internal headers and other libraries'.
std::vector<std::string> strange_includes(const std::vector<std::string>& lines, const std::set<std::string>& known) {
  static const std::regex kInclude(R"re(\s*#\s*include\s*(["<])([^">]+)[">].*)re"), kStandard("[a-z_]+");
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    std::smatch match;
    if (!std::regex_match(line, match, kInclude)) continue;
    const std::string name = match[2];
    const bool is_standard = match[1] == "<" && std::regex_match(name, kStandard);
    if (!is_standard && !known.contains(name) && name != "nlohmann/json_fwd.hpp") found.push_back(name);
  }
  return found;
}

bool starts_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

std::string without_indent(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? "" : line.substr(first);
}

/// Declarations without a text: `///` above, or `///<` behind. What is private, and the bodies of functions, are left
/// out.
std::vector<std::string> undocumented(const std::vector<std::string>& lines) {
  static const std::regex kNoName(
      R"((#|//|namespace |\}|public:|friend |template |(class|struct) \w+;|static_assert|.*(operator=|= delete|~)).*)");
  static const std::regex kEnd(R"([;{}]\s*(//.*)?$)");
  std::vector<std::string> found;
  bool is_private = false;
  int depth = 0;  // braces of a function's body
  std::string declaration;
  bool documented = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string text = without_indent(lines[i]);
    if (text.empty()) continue;
    if (depth > 0) {
      for (const char c : text) depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      continue;
    }
    if (starts_with(text, "private:")) is_private = true;
    if (starts_with(lines[i], "};")) is_private = false;  // of the class, not of one inside it
    if (is_private || (declaration.empty() && std::regex_match(text, kNoName))) continue;
    if (declaration.empty()) documented = i > 0 && starts_with(without_indent(lines[i - 1]), "///");
    declaration += text;
    documented = documented || text.find("///<") != std::string::npos;
    const bool is_enumerator = std::regex_match(text, std::regex(R"(k\w+,?\s*(///<.*)?)"));
    if (!is_enumerator && !std::regex_search(text, kEnd)) continue;
    const bool next_says = i + 1 < lines.size() && starts_with(without_indent(lines[i + 1]), "///<");
    if (!documented && !next_says) found.push_back(declaration);
    const bool is_type = std::regex_match(declaration, std::regex(R"((class|struct|enum)\b.*)"));
    if (!is_type) {
      for (const char c : declaration) depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    declaration.clear();
  }
  return found;
}

TEST(PublicHeaders, LeanOnNoInternalHeader) {
  const std::set<std::string> known = public_headers();
  EXPECT_GE(known.size(), 8u);
  EXPECT_LE(known.size(), 10u);
  for (const std::string& name : known) {
    EXPECT_EQ(strange_includes(lines_of_header(kHeaders.parent_path() / name), known), std::vector<std::string>())
        << name;
  }
}

TEST(PublicHeaders, SayWhatEveryNameIs) {
  for (const std::string& name : public_headers()) {
    EXPECT_EQ(undocumented(lines_of_header(kHeaders.parent_path() / name)), std::vector<std::string>()) << name;
  }
}

// Negative controls.
TEST(PublicHeaders, StrangeIncludesAreSeen) {
  EXPECT_EQ(strange_includes({"#include <vector>", "#include \"groklab/run.h\"", "#include <nlohmann/json_fwd.hpp>"},
                             {"groklab/run.h"}),
            std::vector<std::string>());
  EXPECT_EQ(strange_includes({"#include \"groklab/engine/engine.h\"", "#include <fmt/format.h>", "#include \"vector\""},
                             {"groklab/run.h"}),
            (std::vector<std::string>{"groklab/engine/engine.h", "fmt/format.h", "vector"}));
}

TEST(PublicHeaders, NamesWithoutATextAreSeen) {
  const std::vector<std::string> good = {"/// What it is.",
                                         "struct A {",
                                         "  int a = 0;  ///< here",
                                         "  /// Above.",
                                         "  int f(int x,",
                                         "        int y) {",
                                         "    int b;",
                                         "    return x + b;",
                                         "  }",
                                         "",
                                         " private:",
                                         "  int c;",
                                         "};",
                                         "/// A choice.",
                                         "enum class B {",
                                         "  kOne,  ///< one",
                                         "};"};
  EXPECT_EQ(undocumented(good), std::vector<std::string>());
  EXPECT_EQ(undocumented({"struct A {", "  int a;", "};"}), (std::vector<std::string>{"struct A {", "int a;"}));
  EXPECT_EQ(undocumented({"/// A.", "enum class A {", "  kOne,", "  kTwo  ///< two", "};"}),
            (std::vector<std::string>{"kOne,"}));
  EXPECT_EQ(
      undocumented({"/// A.", "struct A {", "  /// F.", "  void f();", "  void g(int a,", "         int b);", "};"}),
      (std::vector<std::string>{"void g(int a,int b);"}));
}

}  // namespace
}  // namespace groklab
