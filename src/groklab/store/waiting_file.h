// Parts of a run that wait in files beside the database, because another program held it when they were to be written.
// Internal to store/. Format: docs/formats/store.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "groklab/files/safetensors.h"
#include "groklab/record/record.h"
#include "groklab/store/store_files.h"

namespace groklab {

/// Records and probe results, and the state behind them, if there is one.
struct WaitingPart {
  std::vector<Record> records;
  std::vector<ProbeResult> probes;
  bool has_state = false;
  bool kept = false;
  std::int64_t step = 0;  ///< of the state
  TensorFile state;       ///< a checkpoint's file
};

/// The parts of one run, in the order in which they were written.
class WaitingFiles {
 public:
  /// Finds those that a former process left.
  WaitingFiles(const StoreFiles& files, const std::string& folder);

  bool empty() const { return names_.empty(); }
  /// Writes one behind the others. A state that is not kept stays only until the next one; its records stay.
  void add(const WaitingPart& part);
  /// All of them, one after another: states can be large. Throws Error(kInput) for a damaged file.
  void visit(const std::function<void(const WaitingPart&)>& take) const;
  /// Removes the files: the database holds what is in them.
  void clear();
  std::filesystem::path folder() const;

 private:
  std::filesystem::path path(std::size_t index) const;

  const StoreFiles& files_;
  std::string folder_;
  std::vector<std::string> names_;  ///< sorted
  std::ptrdiff_t unkept_ = -1;      ///< the name of the last state that is not kept; -1: none
};

}  // namespace groklab
