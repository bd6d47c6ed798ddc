// From rows of the runs and records tables to RunInfo and Record, and back. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab {

/// Selects runs with their last record ("... FROM runs LEFT JOIN ..."); append WHERE and ORDER BY.
std::string select_runs_sql();
/// Reads one row of select_runs_sql. This and the other readers here are the only ones of stored rows, and believe
/// nothing: Throws Error(kStore) for a row that is damaged, was changed since it was written, or leads out of the
/// store.
RunInfo read_run(SQLite::Statement& row);

/// Selects all records of the run numbered ?1, by step.
std::string select_records_sql();
/// The same from step ?2 on, at most ?3 of them.
std::string select_some_records_sql();
/// `where` names the run in messages.
Record read_record(SQLite::Statement& row, int first_column, const std::string& where);

/// Selects step, result and checksum of all probe results of the run numbered ?1, by step.
std::string select_probes_sql();
ProbeResult read_probe_result(SQLite::Statement& row, const std::string& where);

/// Inserts or replaces one record; bind_record fills its parameters.
std::string insert_record_sql();
void bind_record(SQLite::Statement& statement, std::int64_t run_number, const Record& record);

/// XXH3-64 over what never changes of a run's row.
std::int64_t run_checksum(const std::string& created, const std::string& machine, const std::string& version,
                          const std::string& engine, const std::string& config, const std::string& tensors);

}  // namespace groklab
