// From rows of the runs and records tables to RunInfo and Record, and back. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab {

/// Selects runs with their last record ("... FROM runs LEFT JOIN ..."); append WHERE and ORDER BY.
std::string select_runs_sql();
/// Reads one row of select_runs_sql.
RunInfo read_run(SQLite::Statement& row);

/// Selects all records of the run numbered ?1, by step.
std::string select_records_sql();
Record read_record(SQLite::Statement& row, int first_column);

/// Inserts or replaces one record; bind_record fills its parameters.
std::string insert_record_sql();
void bind_record(SQLite::Statement& statement, std::int64_t run_number, const Record& record);

}  // namespace groklab
