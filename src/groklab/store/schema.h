// The tables of the run store, schema version 6. Described for users in docs/formats/store.md.
#pragma once

#include <string>

namespace groklab {

/// Written to PRAGMA user_version. Raise it with every change of a table and say in the docs what changed.
inline constexpr int kSchemaVersion = 6;
/// Written to PRAGMA application_id: "GROK", so that `file` and we tell a run store from other databases.
inline constexpr int kApplicationId = 0x47524f4b;

/// The statements that make an empty store, both pragmas included.
std::string schema_sql();
/// The statement that makes the view of runs.
std::string runs_view_sql();
/// What came with version 4, as statements on the tables of version 3.
std::string columns_4_sql();
/// What came with version 5.
std::string columns_5_sql();
/// The tables that came with version 6.
std::string annotation_tables_sql();
/// The table of probe results as it was in version 2.
std::string probes_table_2_sql();

}  // namespace groklab
