// Some of a run's records, evenly, for a curve on the terminal: a run may have millions.
#pragma once

#include <span>
#include <vector>

#include "groklab/record/record.h"

namespace groklab {

/// Keeps every record until there are kMost, then every second of them, and so on; the newest always. Tensor norms are
/// dropped.
class ThinnedRecords {
 public:
  static constexpr std::size_t kMost = 4096;

  void add(const Record& record);
  std::span<const Record> records() const { return records_; }

 private:
  std::vector<Record> records_;
};

}  // namespace groklab
