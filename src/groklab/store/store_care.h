// Looking through a whole store for what is damaged, missing or left over. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "groklab/store/store_files.h"

namespace groklab {

/// What is wrong with one row or file, and what a repair needs to know of it.
struct StoreFault {
  enum class Kind {
    kDatabase,    ///< the file's own structure; not repaired here
    kRun,         ///< a run's row
    kRecord,      ///< a record
    kProbe,       ///< a probe result
    kState,       ///< a registered state that is missing or damaged
    kRunFile,     ///< a run's own file: damaged, or another than its rows
    kLeftover,    ///< a file that nothing needs
    kPack,        ///< the directory of a pack
    kPacked,      ///< a folder in packs that nothing needs; `file` is its name
    kWaiting,     ///< parts that wait for the database: no damage
    kAnnotation,  ///< a name, tag or note that may not be
    kInput,       ///< a kept table or row file that is not what its name says
  };
  Kind kind = Kind::kDatabase;
  std::string text;  ///< one line
  std::int64_t run = -1, step = -1;
  std::filesystem::path file;
};

/// Everything that is wrong, in the order of runs.
std::vector<StoreFault> find_faults(SQLite::Database& connection, const StoreFiles& files);

}  // namespace groklab
