// Which records of a long run are drawn.
#pragma once

#include <cstddef>
#include <vector>

#include "groklab/record/record.h"

namespace groklab::report {

/// Ascending indices of at most about `limit` records (limit >= 16). All of them if they are few enough. Otherwise the
/// records fall into buckets of equal width in log(1 + step), the charts' axis, and each bucket keeps its first
/// record, its largest training loss and its smallest test accuracy, so that short spikes stay visible.
std::vector<std::size_t> thin_records(const std::vector<Record>& records, std::size_t limit);

}  // namespace groklab::report
