// See annotation.h.
#include "groklab/store/annotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/printable.h"
#include "groklab/store/store_files.h"

namespace groklab {
namespace {

constexpr std::size_t kLongestName = 80, kLongestTag = 40, kLongestNote = 2000;  // bytes
constexpr int kMostTags = 32;
constexpr int kMostTagsRead = 1000;  // merging adds tags to tags

std::string cleaned(std::string text) {
  constexpr const char* kSpaces = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string::npos) return "";
  text = text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
  return printable_line(text, 4 * text.size() + 6);  // an escaped byte has four characters, a character of two six
}

/// What was expected of the text; "" if it may be.
std::string name_fault(const std::string& name) {
  const auto is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
  if (name.empty()) return "";
  if (name.size() > kLongestName) return fmt::format("at most {} bytes", kLongestName);
  if (name == "last" || name[0] == '-') return "another word than 'last' and no - in front";
  if (std::all_of(name.begin(), name.end(), is_hex)) return "more than the digits 0-9 and a-f, which could be an id's";
  return name == cleaned(name) ? "" : "a line without control characters";
}

std::string note_fault(const std::string& note) {
  if (note.size() > kLongestNote) return fmt::format("at most {} bytes", kLongestNote);
  return note == cleaned(note) ? "" : "a line without control characters";
}

std::string tag_fault(const std::string& tag) {
  const auto is_good = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_-.:/+@").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (tag.empty() || tag.size() > kLongestTag) return fmt::format("1 to {} bytes", kLongestTag);
  return std::all_of(tag.begin(), tag.end(), is_good) ? "" : "letters, digits and _-.:/+@";
}

void check(const char* what, const std::string& text, const std::string& fault) {
  if (!fault.empty()) fail(ErrorKind::kConfig, "{}: expected {}, found '{}'", what, fault, text);
}

SQLite::Statement bound(SQLite::Database& connection, const std::string& sql, const std::vector<std::string>& values) {
  SQLite::Statement statement(connection, sql);
  int place = 1;
  for (const std::string& value : values) statement.bind(place++, value);
  return statement;
}

void execute(SQLite::Database& connection, const std::string& sql, const std::vector<std::string>& values) {
  bound(connection, sql, values).exec();
}

std::vector<std::string> texts(SQLite::Statement query) {
  std::vector<std::string> found;
  while (query.executeStep()) found.push_back(query.getColumn(0).getString());
  return found;
}

struct BadRow {
  std::string run, tag, text;  ///< tag "": a row of annotations
};

std::vector<BadRow> bad_rows(SQLite::Database& connection) {
  std::vector<BadRow> rows;
  SQLite::Statement said(connection, "SELECT run, name, note FROM annotations ORDER BY run");
  while (said.executeStep()) {
    const std::string run = said.getColumn(0).getString();
    const std::string name = name_fault(said.getColumn(1).getString()),
                      note = note_fault(said.getColumn(2).getString());
    if (!is_plain_word(run)) rows.push_back({run, "", "an annotation of no run"});
    if (is_plain_word(run) && !(name + note).empty()) {
      rows.push_back({run, "",
                      fmt::format("run {}: its {}: expected {}", run, name.empty() ? "note" : "name",
                                  name.empty() ? note : name)});
    }
  }
  SQLite::Statement tags(connection, "SELECT run, tag FROM tags ORDER BY run, tag");
  while (tags.executeStep()) {
    const std::string run = tags.getColumn(0).getString(), tag = tags.getColumn(1).getString();
    const std::string fault = tag_fault(tag);
    if (is_plain_word(run) && fault.empty()) continue;
    rows.push_back({run, tag,
                    fmt::format("run {}: its tag '{}': expected {}", printable_line(run, 40), printable_line(tag, 60),
                                fault.empty() ? "a run" : fault)});
  }
  return rows;
}

}  // namespace

AnnotationChange checked_change(AnnotationChange change) {
  if (change.name) {
    change.name = cleaned(*change.name);
    check("--name", *change.name, name_fault(*change.name));
  }
  if (change.note) {
    change.note = cleaned(*change.note);
    check("--note", *change.note, note_fault(*change.note));
  }
  for (const std::string& tag : change.tags) check("--tag", tag, tag_fault(tag));
  for (const std::string& tag : change.untags) check("--untag", tag, tag_fault(tag));
  return change;
}

std::string annotation_columns() {
  return fmt::format(
      "(SELECT name FROM annotations AS said WHERE said.run = runs.id), "
      "(SELECT note FROM annotations AS said WHERE said.run = runs.id), "
      "(SELECT group_concat(tag, ' ') FROM (SELECT tag FROM tags WHERE tags.run = runs.id ORDER BY tag LIMIT {}))",
      kMostTagsRead);
}

Annotation read_annotation(const std::string& name, const std::string& note, const std::string& tags) {
  Annotation annotation;
  if (name_fault(name).empty()) annotation.name = name;
  if (note_fault(note).empty()) annotation.note = note;
  std::istringstream words(tags);
  for (std::string tag; words >> tag;) {
    if (tag_fault(tag).empty()) annotation.tags.push_back(tag);
  }
  return annotation;
}

void change_annotation(SQLite::Database& connection, const std::string& id, const AnnotationChange& change,
                       const std::string& now) {
  execute(connection, "INSERT INTO annotations(run, changed) VALUES (?1, ?2) ON CONFLICT DO NOTHING", {id, now});
  execute(connection, "UPDATE annotations SET changed = ?2 WHERE run = ?1", {id, now});
  if (change.name) {
    for (const std::string& other : ids_named(connection, *change.name)) {
      if (other != id) fail(ErrorKind::kConfig, "--name: '{}' is the name of run {} already", *change.name, other);
    }
    execute(connection, "UPDATE annotations SET name = ?2 WHERE run = ?1", {id, *change.name});
  }
  if (change.note) execute(connection, "UPDATE annotations SET note = ?2 WHERE run = ?1", {id, *change.note});
  for (const std::string& tag : change.tags)
    execute(connection, "INSERT OR IGNORE INTO tags VALUES (?1, ?2)", {id, tag});
  for (const std::string& tag : change.untags)
    execute(connection, "DELETE FROM tags WHERE run = ?1 AND tag = ?2", {id, tag});
  SQLite::Statement count = bound(connection, "SELECT count(*) FROM tags WHERE run = ?1", {id});
  if (!change.tags.empty() && count.executeStep() && count.getColumn(0).getInt() > kMostTags) {
    fail(ErrorKind::kConfig, "--tag: expected at most {} tags of run {}, found {}", kMostTags, id,
         count.getColumn(0).getInt());
  }
}

void remove_annotation(SQLite::Database& connection, const std::string& id) {
  execute(connection, "DELETE FROM annotations WHERE run = ?1", {id});
  execute(connection, "DELETE FROM tags WHERE run = ?1", {id});
}

void merge_annotation(SQLite::Database& here, SQLite::Database& there, const std::string& id) {
  SQLite::Statement theirs = bound(there, "SELECT name, note, changed FROM annotations WHERE run = ?1", {id});
  if (theirs.executeStep()) {
    const std::string name = theirs.getColumn(0).getString(), note = theirs.getColumn(1).getString();
    const std::string changed = theirs.getColumn(2).getString();
    if ((name_fault(name) + note_fault(note)).empty() && changed.size() < 40) {
      execute(here,
              "INSERT INTO annotations(run, name, note, changed) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
              "name = excluded.name, note = excluded.note, changed = excluded.changed "
              "WHERE excluded.changed > annotations.changed",
              {id, name, note, changed});
    }
  }
  for (const std::string& tag : texts(bound(there, "SELECT tag FROM tags WHERE run = ?1", {id}))) {
    if (tag_fault(tag).empty()) execute(here, "INSERT OR IGNORE INTO tags VALUES (?1, ?2)", {id, tag});
  }
}

std::vector<std::string> ids_named(SQLite::Database& connection, const std::string& name) {
  if (name.empty()) return {};
  return texts(bound(
      connection, "SELECT id FROM runs JOIN annotations AS said ON said.run = id WHERE name = ?1 ORDER BY id LIMIT 6",
      {name}));
}

std::vector<std::string> names_of_runs(SQLite::Database& connection) {
  return texts(bound(connection,
                     "SELECT name FROM runs JOIN annotations AS said ON said.run = id WHERE name <> '' ORDER BY name",
                     {}));
}

std::vector<std::string> annotation_faults(SQLite::Database& connection) {
  std::vector<std::string> lines;
  for (const BadRow& row : bad_rows(connection)) lines.push_back(row.text);
  return lines;
}

void remove_bad_annotations(SQLite::Database& connection) {
  for (const BadRow& row : bad_rows(connection)) {
    if (row.tag.empty()) execute(connection, "DELETE FROM annotations WHERE run = ?1", {row.run});
    execute(connection, "DELETE FROM tags WHERE run = ?1 AND tag = ?2", {row.run, row.tag});
  }
}

}  // namespace groklab
