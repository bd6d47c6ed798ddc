// The rows of one run, whatever columns they have: from one database to another, and checked. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/store/run_file.h"

namespace groklab {

/// What a column of the present row holds; the schema has no blobs.
Cell cell_of(const SQLite::Column& column);

/// The tables whose rows belong to a run by their column `run`; all have a `step`.
const std::vector<std::string>& run_tables();
/// Those whose rows belong to it by its id: what people say of it.
const std::vector<std::string>& said_tables();

/// Columns of a table but those named.
std::vector<std::string> columns_of(SQLite::Database& connection, const std::string& table,
                                    const std::vector<std::string>& but);

/// Rows of `there` whose `key` is `from` join `here`; their key becomes `to`, or whatever the destination gives.
void copy_rows(SQLite::Database& here, SQLite::Database& there, const std::string& table, const std::string& key,
               std::int64_t from, std::optional<std::int64_t> to);

/// Reads everything of the run, so that nothing damaged is carried on. Throws Error(kStore|kInput).
void check_readable(SQLite::Database& connection, std::int64_t number);

}  // namespace groklab
