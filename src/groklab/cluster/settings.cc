// See settings.h.
#include "groklab/cluster/settings.h"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "groklab/base/error.h"
#include "groklab/base/printable.h"
#include "groklab/config/flat_toml.h"
#include "groklab/config/suggest.h"

namespace groklab {
namespace {

/// A line of a script.
std::string one_line(const FlatTomlEntry& entry, const std::string& text) {
  if (printable_line(text, 1000) != text) {
    fail(ErrorKind::kConfig, "{}: {}: expected one printable line of at most 1000 bytes", entry.where, entry.key);
  }
  return text;
}

std::string text_of(const FlatTomlEntry& entry) {
  const auto* value = std::get_if<Value>(&entry.content);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  if (text == nullptr) fail(ErrorKind::kConfig, "{}: {}: expected a text", entry.where, entry.key);
  return one_line(entry, *text);
}

std::int64_t number_of(const FlatTomlEntry& entry) {
  const auto* value = std::get_if<Value>(&entry.content);
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  if (number == nullptr || *number < 1 || *number > 1'000'000) {
    fail(ErrorKind::kConfig, "{}: {}: expected a whole number from 1 to 1000000", entry.where, entry.key);
  }
  return *number;
}

std::vector<std::string> texts_of(const FlatTomlEntry& entry) {
  const auto* texts = std::get_if<std::vector<std::string>>(&entry.content);
  if (texts == nullptr) fail(ErrorKind::kConfig, "{}: {}: expected a list of texts", entry.where, entry.key);
  for (const std::string& text : *texts) one_line(entry, text);
  return *texts;
}

using Assign = std::function<void(ClusterSettings&, const FlatTomlEntry&)>;

Assign text_key(std::string ClusterSettings::*member) {
  return [member](ClusterSettings& s, const FlatTomlEntry& entry) { s.*member = text_of(entry); };
}
Assign number_key(std::int64_t ClusterSettings::*member) {
  return [member](ClusterSettings& s, const FlatTomlEntry& entry) { s.*member = number_of(entry); };
}
Assign texts_key(std::vector<std::string> ClusterSettings::*member) {
  return [member](ClusterSettings& s, const FlatTomlEntry& entry) { s.*member = texts_of(entry); };
}

const std::map<std::string, Assign>& known_keys() {
  static const std::map<std::string, Assign> keys = {{"account", text_key(&ClusterSettings::account)},
                                                     {"partition", text_key(&ClusterSettings::partition)},
                                                     {"qos", text_key(&ClusterSettings::qos)},
                                                     {"memory", text_key(&ClusterSettings::memory)},
                                                     {"time", text_key(&ClusterSettings::time)},
                                                     {"program", text_key(&ClusterSettings::program)},
                                                     {"cores", number_key(&ClusterSettings::cores)},
                                                     {"notice_seconds", number_key(&ClusterSettings::notice_seconds)},
                                                     {"modules", texts_key(&ClusterSettings::modules)},
                                                     {"lines", texts_key(&ClusterSettings::lines)}};
  return keys;
}

[[noreturn]] void refuse_key(const FlatTomlEntry& entry) {
  std::vector<std::string> names;
  for (const auto& [name, assign] : known_keys()) names.push_back(name);
  const std::string nearest = nearest_name(entry.key, names);
  fail(ErrorKind::kConfig, "{}: unknown key {}{}", entry.where, printable_line(entry.key, 60),
       nearest.empty() ? "" : ", did you mean " + nearest + "?");
}

}  // namespace

ClusterSettings parse_cluster_settings(std::string_view text, const std::string& where) {
  ClusterSettings settings;
  for (const FlatTomlEntry& entry : parse_flat_toml(text, where)) {
    const auto found = known_keys().find(entry.key);
    if (found == known_keys().end()) refuse_key(entry);
    found->second(settings, entry);
  }
  return settings;
}

}  // namespace groklab
