// See row_grouping.h.
#include "groklab/model/row_grouping.h"

#include <algorithm>

namespace groklab {

RowGroups RowGrouping::build(std::int32_t* memory, std::int64_t slot, std::int64_t rows) const {
  const std::int32_t* reads = read_by(memory, slot);
  std::int32_t* const grouped = memory + slot_at(slot);
  std::int32_t* const begin = grouped + capacity_;
  std::int32_t* const table_row = begin + capacity_ + 1;
  std::int32_t* const next = memory + slots_ * (capacity_ + slot_size());  // of every table row, where its rows go on
  std::fill(next, next + table_rows_ + 1, 0);
  for (std::int64_t r = 0; r < rows; ++r) ++next[reads[r]];
  std::int32_t count = 0, at = 0;
  for (std::int64_t row = 0; row < table_rows_; ++row) {
    if (next[row] == 0) continue;
    begin[count] = at;
    table_row[count] = static_cast<std::int32_t>(row);
    ++count;
    at += next[row];
    next[row] = at - next[row];
  }
  begin[count] = at;
  for (std::int64_t r = 0; r < rows; ++r) grouped[next[reads[r]]++] = static_cast<std::int32_t>(r);
  return {count, grouped, begin, table_row};
}

namespace {

class TileOrder {
 public:
  TileOrder(std::span<std::int64_t> rows, std::span<const std::int64_t> cuts, std::span<const std::int32_t> inputs,
            std::int64_t n_inputs)
      : rows_(rows), cuts_(cuts), inputs_(inputs), n_inputs_(n_inputs) {}

  /// Orders tiles first..last - 1: halves them along the operand of the widest range.
  void order(std::size_t first, std::size_t last) const {
    const auto begin = rows_.begin() + cuts_[first], end = rows_.begin() + cuts_[last];
    if (last - first == 1) {
      std::sort(begin, end);
      return;
    }
    const std::size_t middle = (first + last) / 2;
    const std::int64_t operand = widest(begin, end);
    std::nth_element(begin, rows_.begin() + cuts_[middle], end, [&](std::int64_t a, std::int64_t b) {
      const std::int32_t x = input(a, operand), y = input(b, operand);
      return x != y ? x < y : a < b;
    });
    order(first, middle);
    order(middle, last);
  }

 private:
  using Iterator = std::span<std::int64_t>::iterator;
  std::int32_t input(std::int64_t row, std::int64_t operand) const {
    return inputs_[static_cast<std::size_t>(row * n_inputs_ + operand)];
  }
  std::int64_t widest(Iterator begin, Iterator end) const {
    std::int64_t best = 0;
    std::int32_t best_range = -1;
    for (std::int64_t operand = 0; operand < n_inputs_ && begin != end; ++operand) {
      std::int32_t least = input(*begin, operand), most = least;
      for (auto row = begin; row != end; ++row) {
        least = std::min(least, input(*row, operand));
        most = std::max(most, input(*row, operand));
      }
      if (most - least > best_range) {
        best = operand;
        best_range = most - least;
      }
    }
    return best;
  }

  std::span<std::int64_t> rows_;
  std::span<const std::int64_t> cuts_;
  std::span<const std::int32_t> inputs_;
  std::int64_t n_inputs_;
};

}  // namespace

void order_for_tiles(std::span<std::int64_t> rows, std::span<const std::int64_t> cuts,
                     std::span<const std::int32_t> inputs, std::int64_t n_inputs) {
  if (cuts.size() > 1) TileOrder(rows, cuts, inputs, n_inputs).order(0, cuts.size() - 1);
}

}  // namespace groklab
