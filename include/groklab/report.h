/// \file
/// Stored runs as pages and files. Component `report`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/store.h"

namespace groklab {

/// What a page shows.
struct ReportOptions {
  std::string title;             ///< empty: the runs' ids
  std::int64_t fixed_input = 1;  ///< first input of the rows in the logit heat map, 0..symbols-1
  int threads = 1;               ///< for the probes of the last state
};

/// One HTML page about stored runs, the first id's curves first: curves, logits, probe results (of one run), the
/// configurations and how they differ. It loads nothing from anywhere. Throws Error(kConfig|kStore).
std::string report_page(const RunStore& store, const std::vector<std::string>& ids, const ReportOptions& options = {});

/// Records of a stored run as comma-separated lines under a line of names (docs/formats/store.md); numbers read back
/// to the same bits, an empty cell is NaN.
std::string records_csv(const RunStore& store, const std::string& id);
/// A stored run with its records as JSON (docs/formats/json.md); null is NaN.
std::string run_json(const RunStore& store, const std::string& id);

}  // namespace groklab
