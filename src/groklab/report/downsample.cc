// See downsample.h.
#include "groklab/report/downsample.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace groklab::report {

namespace {

struct Bucket {
  std::size_t first, largest_loss, smallest_accuracy;
};

// NaN never wins a comparison, so a bucket of NaNs keeps its first record.
void extend(Bucket& bucket, const std::vector<Record>& records, std::size_t i) {
  if (records[i].train.loss > records[bucket.largest_loss].train.loss) bucket.largest_loss = i;
  if (records[i].test.accuracy < records[bucket.smallest_accuracy].test.accuracy) bucket.smallest_accuracy = i;
}

}  // namespace

std::vector<std::size_t> downsample_records(const std::vector<Record>& records, std::size_t buckets) {
  std::vector<std::size_t> kept;
  if (records.size() <= buckets) {
    kept.resize(records.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    return kept;
  }

  const auto position = [](const Record& record) { return std::log1p(std::max<double>(0, record.step)); };
  const double scale = static_cast<double>(buckets) / std::max(position(records.back()), 1e-9);
  auto current = static_cast<std::int64_t>(-1);
  Bucket bucket{};
  const auto close = [&] { kept.insert(kept.end(), {bucket.first, bucket.largest_loss, bucket.smallest_accuracy}); };
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto index = static_cast<std::int64_t>(position(records[i]) * scale);
    if (index == current) {
      extend(bucket, records, i);
      continue;
    }
    if (current >= 0) close();
    current = index;
    bucket = {i, i, i};
  }
  close();
  kept.push_back(records.size() - 1);
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

}  // namespace groklab::report
