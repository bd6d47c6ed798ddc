// Brings a store of an older schema up to date. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace groklab {

/// From schema `version` (1 to 5) to kSchemaVersion. Inside one transaction that holds the write lock: a store is
/// migrated as a whole or not at all. Ids, records and checkpoints stay as they are. A row whose
/// JSON is damaged stays as it is.
///
/// 2: the table of probe results. 3: runs.engine; probes.reading is called result; configuration keys and probe
/// numbers bear the names that they have now. 4: instruction sets, folders and replacements of runs; checksums. 5:
/// objectives of records, none of old ones. 6: the tables of annotations.
void migrate(SQLite::Database& connection, int version);

}  // namespace groklab
