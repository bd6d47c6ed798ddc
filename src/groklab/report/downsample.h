// Which records of a long run are drawn.
#pragma once

#include <cstddef>
#include <vector>

#include "groklab/record/record.h"

namespace groklab::report {

/// Ascending indices of the records to draw: all if there are at most `buckets`. Otherwise the records fall into so
/// many buckets of equal width in log(1 + step), the charts' axis, and each keeps its first record, its largest
/// training loss and its smallest test accuracy, so that short spikes stay visible. The last record always stays.
std::vector<std::size_t> downsample_records(const std::vector<Record>& records, std::size_t buckets);

}  // namespace groklab::report
