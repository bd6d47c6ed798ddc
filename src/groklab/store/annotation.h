// What people say of runs: names, tags, notes. Rows may come from others, so that texts are checked when they are
// written and again when they are read. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <vector>

#include "groklab/store.h"

namespace groklab {

/// The change with control characters escaped and spaces at the ends left out. Throws Error(kConfig): a name of more
/// than 80 bytes, "last", one that begins with - or is made of hexadecimal digits alone (an id's start would hide it);
/// a tag of more than 40 bytes or of other characters than letters, digits and _-.:/+@; a note of more than 2,000
/// bytes.
AnnotationChange checked_change(AnnotationChange change);

/// Three columns for select_runs_sql: name, note and tags.
std::string annotation_columns();
/// From these columns. A text that checked_change would not let through counts for nothing; verify tells.
Annotation read_annotation(const std::string& name, const std::string& note, const std::string& tags);

/// Throws Error(kConfig) if another run has the name, or the run then has more than 32 tags. `now` is a UTC text.
void change_annotation(SQLite::Database& connection, const std::string& id, const AnnotationChange& change,
                       const std::string& now);
void remove_annotation(SQLite::Database& connection, const std::string& id);

/// What another store says of a run joins what this one does: of names and notes the one that was changed last, of tags
/// all. Nothing damaged is taken.
void merge_annotation(SQLite::Database& here, SQLite::Database& there, const std::string& id);

/// Ids of the stored runs of a name, sorted; at most six. "" is nobody's name.
std::vector<std::string> ids_named(SQLite::Database& connection, const std::string& name);
/// All names of stored runs.
std::vector<std::string> names_of_runs(SQLite::Database& connection);

/// A line for each row whose text may not be.
std::vector<std::string> annotation_faults(SQLite::Database& connection);
/// Removes the rows that annotation_faults names.
void remove_bad_annotations(SQLite::Database& connection);

}  // namespace groklab
