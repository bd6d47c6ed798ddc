// A whole store as three tables for DuckDB, pandas and others: runs, records, probe results.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "groklab/store/store.h"

namespace groklab {

/// How many rows were written.
struct ParquetReport {
  std::int64_t runs = 0, records = 0, probes = 0;
  std::vector<std::string> damaged;  ///< a line for each run that cannot be read and was left out
};

/// Writes runs.parquet, records.parquet and probes.parquet into `directory`, which is made if it is missing: each whole
/// or not at all. `where` is a condition (run_condition.h; "" for all runs). Memory does not grow with the number of
/// records. Throws Error(kConfig|kStore|kIo).
ParquetReport export_parquet(const Store& store, const std::string& where, const std::filesystem::path& directory);

}  // namespace groklab
