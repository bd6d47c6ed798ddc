// What may stand at a place of a command line. Looks into the store that the line names, and makes none.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "command_tables.h"
#include "groklab/base/error.h"
#include "groklab/config/keys.h"
#include "groklab/report/run_columns.h"
#include "groklab/store/export.h"
#include "options.h"

namespace groklab::cli {
namespace {

using Words = std::vector<std::string>;

/// Where the words before the last lead: a command, and the option that the last one is the value of.
struct Place {
  const CLI::App* command = nullptr;
  const CLI::Option* option = nullptr;  ///< nullptr: none
  std::string store;                    ///< value of --store
};

Place place_of(const CLI::App& program, const Words& words) {
  Place place{&program, nullptr, ""};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (place.option != nullptr) {
      if (words[i - 1] == "--store") place.store = words[i];
      place.option = nullptr;
      continue;
    }
    if (const CLI::Option* option = find_option(*place.command, words[i])) {
      if (takes_value(*option)) place.option = option;
      continue;
    }
    for (const CLI::App* command : commands_of(*place.command)) {
      if (command->get_name() == words[i]) place.command = command;
    }
  }
  return place;
}

Words keys(const char* end) {
  Words all;
  for (const Field& field : default_fields()) all.push_back(std::string(field.spec.key) + end);
  return all;
}

Words columns() {
  Words all = column_names();
  for (std::string& key : keys("")) all.push_back(std::move(key));
  return all;
}

/// Ids and names of the stored runs; nothing without a store, as a shell's line is no place for errors.
Words runs(const std::string& directory) {
  Words all = {"last"};
  try {
    StoreOption option;
    option.directory = directory;
    const Store store = option.open_existing();
    std::vector<std::string> damaged;
    for (const RunInfo& info : store.runs("", &damaged)) {
      all.push_back(info.id);
      if (!info.annotation.name.empty()) all.push_back(info.annotation.name);
    }
  } catch (const Error&) {
    return {};
  }
  return all;
}

/// Keys, and behind KEY= what can be chosen by it.
Words settings(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos) return keys("=");
  Words all;
  for (const Field& field : default_fields()) {
    if (word.substr(0, equals) != field.spec.key) continue;
    const Words values = field.type == FieldType::kSwitch ? Words{"true", "false"} : field.choices;
    for (const std::string& value : values) all.push_back(word.substr(0, equals + 1) + value);
  }
  return all;
}

Words option_values(const std::string& option, const std::string& word) {
  if (option == "--set") return settings(word);
  if (option == "--columns" || option == "--sort") return columns();
  if (option == "--x" || option == "--color" || option == "--facet" || option == "--over") return keys("");
  if (option == "--format") return export_format_names();
  return {};
}

/// Of a list "a,b,c" only the last part is completed.
Words behind_comma(Words candidates, const std::string& word) {
  const std::size_t comma = word.rfind(',');
  if (comma == std::string::npos) return candidates;
  for (std::string& candidate : candidates) candidate = word.substr(0, comma + 1) + candidate;
  return candidates;
}

Words candidates_for(const CLI::App& program, const Words& words) {
  const Place place = place_of(program, words);
  const std::string& word = words.back();
  Words all;
  if (place.option != nullptr) {
    const Words names = spellings(*place.option);
    for (const std::string& name : names) {
      for (std::string& value : option_values(name, word)) all.push_back(std::move(value));
    }
    return behind_comma(std::move(all), word);
  }
  if (!word.empty() && word[0] == '-') {
    for (const CLI::Option* option : named_options(*place.command)) {
      for (std::string& name : spellings(*option)) all.push_back(std::move(name));
    }
    return all;
  }
  for (const CLI::App* command : commands_of(*place.command)) all.push_back(command->get_name());
  for (const CLI::Option* option : positional_options(*place.command)) {
    const std::string name = option->get_name(true);
    if (name == "RUN") all = runs(place.store);
    if (name == "name" && place.command->get_name() == "config") all = keys("");
  }
  return all;
}

}  // namespace

std::vector<std::string> completions(const CLI::App& program, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  Words all = candidates_for(program, words);
  std::erase_if(all, [&](const std::string& candidate) { return !candidate.starts_with(words.back()); });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace groklab::cli
