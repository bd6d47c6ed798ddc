// Components: what a run chooses (an optimiser) or switches on (a penalty). Each is described in its own source file:
// its name, its keys with their help and ranges, and its checks. Parsing, help, documentation, identity and the rule
// "keys that do not apply go back to their defaults" are made from these descriptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/keys.h"

namespace groklab {

/// What the configuration must know of a component. What it computes is described by its own room's descriptor, which
/// holds one of these.
struct ComponentSpec {
  std::string_view choice = {};   ///< key that chooses it, such as "optim.kind"; "" if its own keys switch it on
  std::string_view name = {};     ///< value of that key; without `choice`, the section of its keys: "penalty.l1"
  std::string_view meaning = {};  ///< half a sentence
  /// Keys of Config's structs that apply to it; one that other values of `choice` list and the chosen one does not goes
  /// back to its default.
  std::vector<std::string_view> uses = {};
  /// Those of them that are refused, not ignored, where they are set and no chosen component uses them.
  std::vector<std::string_view> only = {};
  /// Its own keys with their defaults as values, dotted below its section: "optim.muon.momentum". Held in
  /// Config::settings.
  std::vector<Field> keys = {};
  /// Whether a run has it, for one without `choice`.
  bool (*active)(const Config& config) = nullptr;
  /// Replaces automatic values ("0: d_model / n_heads"), and of several spellings of one run makes one, where the
  /// component is active. Doing it twice changes nothing.
  void (*resolve)(Config& config) = nullptr;
  /// Combinations that make no sense, tested where the component is active. Throws Error(kConfig).
  void (*check)(const Config& config) = nullptr;
  /// For operations: what the configuration alone tells about the table.
  std::optional<TaskSize> (*task_size)(const TaskConfig& config) = nullptr;
  /// For operations: a few words for lists of runs, such as "add mod 113".
  std::string (*task_label)(const TaskConfig& config) = nullptr;
  /// For operations: in the language of formula.h, if it is one; then it is this operation where it is written out.
  std::string_view formula = {};
};

/// Every component, in the order in which help lists them. Defined in components/table.cc, the explicit table, which
/// stands above all rooms.
const std::vector<const ComponentSpec*>& component_specs();

/// Values of a choosing key, in order.
std::vector<std::string> component_names(std::string_view choice);
/// Those of one choosing key; "": those that their own keys switch on.
std::vector<const ComponentSpec*> components_of(std::string_view choice);
bool component_active(const ComponentSpec& spec, const Config& config);
/// All components' rules, those of `only` first. Throws Error(kConfig).
void check_components(const Config& config);
/// Whether a key applies: an active component uses or has it, or it belongs to no component.
bool key_applies(const Config& config, std::string_view key);

/// For `check`: throws Error(kConfig) "key = value: expected ...", with the value that the config has.
[[noreturn]] void refuse(const Config& config, std::string_view key, const std::string& expected);

/// Keys for ComponentSpec::keys.
Field number_key(const char* key, double value, Range range, const char* unit, const char* meaning);
Field integer_key(const char* key, std::int64_t value, Range range, const char* unit, const char* meaning);
Field switch_key(const char* key, bool value, const char* meaning);
Field text_key(const char* key, std::string value, const char* allowed, const char* meaning);
Field choice_key(const char* key, std::string value, std::vector<std::string> choices, const char* meaning);

/// The value of a component's key, or its default. The key must exist and be of that type.
double number_setting(const Config& config, std::string_view key);
std::int64_t integer_setting(const Config& config, std::string_view key);
bool switch_setting(const Config& config, std::string_view key);
/// Of a text or a choice.
const std::string& text_setting(const Config& config, std::string_view key);

}  // namespace groklab
