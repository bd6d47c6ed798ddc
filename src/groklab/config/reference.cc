// See reference.h.
#include "groklab/config/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/keys.h"
#include "groklab/config/renamed_keys.h"
#include "groklab/config/suggest.h"

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

/// What a split file or a plot means by a row of a table.
constexpr std::string_view kRowNumbers =
    "Rows of a binary operation on n symbols are numbered from 0 in the order of (x, y): x n + y. A pair that has no "
    "row (x / 0, a gap in a table) moves those behind it up. Rows of parity ascend with the number that their bits "
    "spell, the first bit most significant.";

constexpr std::string_view kFormulas =
    "A formula has x, y, whole numbers, + - * / ^ (or **), brackets, and in front of x, y or a bracket no sign for a "
    "product (2 x y); x^-1 and / divide, for which the modulus must be a prime, and a pair whose divisor is 0 has no "
    "row. "
    "mod P behind it sets task.modulus, which must be P or left alone. Values are exact. Formulas that are equal once "
    "they are multiplied out are one operation and the same run; one that is the formula of a named operation is that "
    "operation.";

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

/// "adamw: Adam with ..." for each value of a choosing key.
std::vector<std::string> component_lines(std::string_view choice, std::string_view quote) {
  std::vector<std::string> lines;
  if (choice.empty()) return lines;
  for (const ComponentSpec* component : components_of(choice)) {
    lines.push_back(fmt::format("{}{}{}: {}", quote, component->name, quote, component->meaning));
  }
  return lines;
}

/// What the component is whose own keys make up this section, as a sentence; "" for other sections.
std::string section_meaning(std::string_view section) {
  for (const ComponentSpec* component : component_specs()) {
    if (component->keys.empty() || section_of(component->keys.front().spec.key) != section) continue;
    if (component->choice.empty()) return fmt::format("{}.", component->meaning);
    return fmt::format("Of {} = {}: {}.", component->choice, component->name, component->meaning);
  }
  return "";
}

/// What can be chosen by the keys of a section that is complete now.
std::string section_components(const std::vector<FieldInfo>& fields, std::string_view section) {
  std::string text;
  for (const FieldInfo& info : fields) {
    if (section_of(info.key) != section) continue;
    const std::vector<std::string> lines = component_lines(info.key, "`");
    if (!lines.empty()) text += fmt::format("\nValues of `{}`:\n\n", info.key);
    for (const std::string& line : lines) text += fmt::format("- {}\n", cell(line));
    if (info.key == "task.operation") text += fmt::format("\n{}\n\n{}\n", cell(kFormulas), kRowNumbers);
  }
  return text;
}

std::string range_and_unit(const FieldInfo& info) {
  return info.unit.empty() ? info.range : fmt::format("{} ({})", info.range, info.unit);
}

}  // namespace

std::vector<FieldInfo> config_fields() {
  std::vector<FieldInfo> infos;
  for (const Field& field : default_fields()) {
    infos.push_back({field.spec.key, field_type_name(field.type), toml_literal(field.value), field.spec.unit,
                     allowed_text(field), field.spec.meaning});
  }
  return infos;
}

std::string config_reference_markdown() {
  std::string text(kIntroduction);
  std::string section = "none yet";
  const std::vector<FieldInfo> fields = config_fields();
  for (const FieldInfo& info : fields) {
    if (section_of(info.key) != section) {
      text += section_components(fields, section);
      section = section_of(info.key);
      text += section.empty() ? "\n## The run\n" : fmt::format("\n## [{}]\n", section);
      if (const std::string meaning = section_meaning(section); !meaning.empty()) {
        text += fmt::format("\n{}\n", cell(meaning));
      }
      text += "\n| key | type | default | allowed | unit | meaning |\n|---|---|---|---|---|---|\n";
    }
    text += fmt::format("| `{}` | {} | `{}` | {} | {} | {} |\n", info.key, info.type, info.default_value,
                        cell(info.range), cell(info.unit), cell(info.meaning));
  }
  return text + section_components(fields, section);
}

std::string config_reference_text(std::string_view name) {
  std::vector<FieldInfo> fields = config_fields();
  if (!name.empty()) {
    std::erase_if(fields, [&](const FieldInfo& info) {
      return info.key != name && !(info.key.starts_with(name) && info.key[name.size()] == '.');
    });
    if (fields.empty()) {
      const std::string_view now = renamed_key(name);
      const std::string hint = now.empty() ? suggest_key(name) : std::string(now);
      fail(ErrorKind::kConfig, "config: expected a key or a section, found {}{}", name,
           hint.empty() ? "" : fmt::format("; did you mean {}?", hint));
    }
  }
  std::size_t width = 0;
  for (const FieldInfo& info : fields) width = std::max(width, info.key.size() + 3 + info.default_value.size());
  std::string text;
  std::string section;
  for (const FieldInfo& info : fields) {
    if (section_of(info.key) != section) {
      section = section_of(info.key);
      text += fmt::format("\n[{}]\n", section);
      if (const std::string meaning = section_meaning(section); !meaning.empty()) text += fmt::format("{}\n", meaning);
    }
    text +=
        fmt::format("{:<{}}  {}\n", fmt::format("{} = {}", info.key, info.default_value), width, range_and_unit(info));
    text += fmt::format("    {}\n", info.meaning);
    for (const std::string& line : component_lines(info.key, "")) text += fmt::format("      {}\n", line);
    if (info.key == "task.operation") text += fmt::format("{}\n{}\n", kFormulas, kRowNumbers);
  }
  return text;
}

}  // namespace groklab
