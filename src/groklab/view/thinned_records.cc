// See thinned_records.h.
#include "groklab/view/thinned_records.h"

namespace groklab {

void ThinnedRecords::add(const Record& record) {
  if (records_.size() >= kMost) {
    for (std::size_t i = 0; 2 * i < records_.size(); ++i) records_[i] = records_[2 * i];
    records_.resize((records_.size() + 1) / 2);
  }
  records_.push_back(record);
  records_.back().tensor_norms.clear();
}

}  // namespace groklab
