// See settings.h.
#include "groklab/cluster/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/base/printable.h"
#include "groklab/config/flat_toml.h"
#include "groklab/config/suggest.h"

namespace groklab {
namespace {

const std::vector<std::string> kKeys = {"account", "partition",      "qos",     "memory", "time",
                                        "cores",   "notice_seconds", "modules", "lines",  "program"};

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

}  // namespace

ClusterSettings parse_cluster_settings(std::string_view text, const std::string& where) {
  ClusterSettings s;
  for (const FlatTomlEntry& entry : parse_flat_toml(text, where)) {
    if (entry.key == "account")
      s.account = text_of(entry);
    else if (entry.key == "partition")
      s.partition = text_of(entry);
    else if (entry.key == "qos")
      s.qos = text_of(entry);
    else if (entry.key == "memory")
      s.memory = text_of(entry);
    else if (entry.key == "time")
      s.time = text_of(entry);
    else if (entry.key == "program")
      s.program = text_of(entry);
    else if (entry.key == "cores")
      s.cores = number_of(entry);
    else if (entry.key == "notice_seconds")
      s.notice_seconds = number_of(entry);
    else if (entry.key == "modules")
      s.modules = texts_of(entry);
    else if (entry.key == "lines")
      s.lines = texts_of(entry);
    else {
      const std::string nearest = nearest_name(entry.key, kKeys);
      fail(ErrorKind::kConfig, "{}: unknown key {}{}", entry.where, printable_line(entry.key, 60),
           nearest.empty() ? "" : ", did you mean " + nearest + "?");
    }
  }
  return s;
}

}  // namespace groklab
