// See reference.h.
#include "groklab/config/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "groklab/config.h"

namespace groklab {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Made by `groklab config --markdown`. Change src/groklab/config/visit.h instead. -->
# Configuration keys

A configuration is a TOML file; every key has a default, so an empty file is a valid one. `--set key=value` changes one
key on the command line (text without quotes; `1e5` is accepted for a whole number). An unknown key, a value of the
wrong type or out of range, or a combination that makes no sense is refused with one line.

Keys that do not apply are ignored: `task.modulus` for a group, `optim.beta1` for SGD. (A few that would surely be a
mistake are refused: a file that nothing reads, momentum without SGD, a corrupted fraction without corrupted labels.)

A run's name is a hash of the resolved configuration: of all keys that differ from their defaults, once automatic values
(0 or -1 below) are replaced by what they mean and keys that do not apply are left out. How often a run is recorded
belongs to its name; where a table or split file lies does not, its contents do.
)";

std::string section_of(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

/// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '*') result += '\\';
    result += c;
  }
  return result;
}

std::string range_and_unit(const FieldInfo& info) {
  return info.unit.empty() ? info.range : fmt::format("{} ({})", info.range, info.unit);
}

}  // namespace

std::string config_reference_markdown() {
  std::string text(kIntroduction);
  std::string section = "none yet";
  for (const FieldInfo& info : config_fields()) {
    if (section_of(info.key) != section) {
      section = section_of(info.key);
      text += section.empty() ? "\n## The run\n" : fmt::format("\n## [{}]\n", section);
      text += "\n| key | type | default | allowed | unit | meaning |\n|---|---|---|---|---|---|\n";
    }
    text += fmt::format("| `{}` | {} | `{}` | {} | {} | {} |\n", info.key, info.type, info.default_value,
                        cell(info.range), cell(info.unit), cell(info.meaning));
  }
  return text;
}

std::string config_reference_text() {
  const std::vector<FieldInfo> fields = config_fields();
  std::size_t width = 0;
  for (const FieldInfo& info : fields) width = std::max(width, info.key.size() + 3 + info.default_value.size());
  std::string text;
  std::string section;
  for (const FieldInfo& info : fields) {
    if (section_of(info.key) != section) {
      section = section_of(info.key);
      text += fmt::format("\n[{}]\n", section);
    }
    text +=
        fmt::format("{:<{}}  {}\n", fmt::format("{} = {}", info.key, info.default_value), width, range_and_unit(info));
    text += fmt::format("    {}\n", info.meaning);
  }
  return text;
}

}  // namespace groklab
