// The tables of the run store, schema version 2. Described for users in docs/formats/store.md.
#pragma once

#include <string>

namespace groklab {

/// Written to PRAGMA user_version. Raise it with every change of a table and say in the docs what changed.
inline constexpr int kSchemaVersion = 2;
/// Written to PRAGMA application_id: "GROK", so that `file` and we tell a run store from other databases.
inline constexpr int kApplicationId = 0x47524f4b;

/// The statements that bring a store of version 1 to version 2.
std::string upgrade_to_2_sql();
/// The statements that make an empty store, both pragmas included.
std::string schema_sql();

}  // namespace groklab
