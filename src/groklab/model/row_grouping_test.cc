// Groups of rows, and the order of a batch in tiles.
#include "groklab/model/row_grouping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "groklab/base/random.h"

namespace groklab {
namespace {

// Catches: a group that begins one off, an empty group, a slot that writes over another's memory.
TEST(RowGrouping, EveryRowIsInTheGroupOfWhatItReads) {
  const std::int64_t slots = 3, table_rows = 11, capacity = 50;
  const RowGrouping grouping(slots, table_rows, capacity);
  std::vector<std::int32_t> memory(static_cast<std::size_t>(grouping.size()));
  for (const std::int64_t rows : {1, 7, 50}) {
    std::vector<RowGroups> groups;
    for (std::int64_t slot = 0; slot < slots; ++slot) {
      for (std::int64_t r = 0; r < rows; ++r) {
        grouping.read_by(memory.data(), slot)[r] = static_cast<std::int32_t>((r * r + 4 * slot) % table_rows);
      }
      groups.push_back(grouping.build(memory.data(), slot, rows));
    }
    for (std::int64_t slot = 0; slot < slots; ++slot) {
      const RowGroups& g = groups[static_cast<std::size_t>(slot)];
      const std::int32_t* reads = grouping.read_by(memory.data(), slot);
      std::set<std::int32_t> seen, tokens;
      for (std::int64_t i = 0; i < g.count; ++i) {
        ASSERT_LT(g.begin[i], g.begin[i + 1]);
        EXPECT_TRUE(tokens.insert(g.table_row[i]).second);
        for (std::int32_t at = g.begin[i]; at < g.begin[i + 1]; ++at) {
          EXPECT_EQ(reads[g.rows[at]], g.table_row[i]);
          EXPECT_TRUE(seen.insert(g.rows[at]).second);
          if (at == g.begin[i]) continue;
          EXPECT_GT(g.rows[at], g.rows[at - 1]);  // the order of rows is kept
        }
      }
      EXPECT_EQ(static_cast<std::int64_t>(seen.size()), rows);
    }
  }
}

/// All pairs of p operands, a random part of them in a random order.
struct Batch {
  explicit Batch(std::int64_t p, std::int64_t size) : modulus(p) {
    for (std::int64_t a = 0; a < p; ++a) {
      for (std::int64_t b = 0; b < p; ++b) {
        inputs.push_back(static_cast<std::int32_t>(a));
        inputs.push_back(static_cast<std::int32_t>(b));
      }
    }
    rows = RandomStream(1, StreamPurpose::kBootstrap).permutation(p * p);
    rows.resize(static_cast<std::size_t>(size));
  }
  std::vector<std::int64_t> cuts(std::int64_t tiles) const {
    std::vector<std::int64_t> result;
    for (std::int64_t i = 0; i <= tiles; ++i) result.push_back(static_cast<std::int64_t>(rows.size()) * i / tiles);
    return result;
  }
  /// Distinct operands that all tiles read, added up.
  std::int64_t operands_read(const std::vector<std::int64_t>& order, const std::vector<std::int64_t>& at) const {
    std::int64_t count = 0;
    for (std::size_t tile = 0; tile + 1 < at.size(); ++tile) {
      std::set<std::int64_t> read;
      for (std::int64_t i = at[tile]; i < at[tile + 1]; ++i) {
        const std::int64_t row = order[static_cast<std::size_t>(i)];
        read.insert(row / modulus);
        read.insert(modulus + row % modulus);
      }
      count += static_cast<std::int64_t>(read.size());
    }
    return count;
  }
  std::int64_t modulus;
  std::vector<std::int32_t> inputs;
  std::vector<std::int64_t> rows;
};

// Catches: a row lost at a cut, an order that follows the given one (bits would depend on how a batch was drawn).
TEST(TileOrder, IsAPermutationThatDependsOnTheSetAlone) {
  const Batch batch(23, 300);
  for (const std::int64_t tiles : {1, 2, 5, 16}) {
    std::vector<std::int64_t> first = batch.rows, second = batch.rows;
    std::reverse(second.begin(), second.end());
    const std::vector<std::int64_t> cuts = batch.cuts(tiles);
    order_for_tiles(first, cuts, batch.inputs, 2);
    order_for_tiles(second, cuts, batch.inputs, 2);
    EXPECT_EQ(first, second);
    std::vector<std::int64_t> sorted = first, expected = batch.rows;
    std::sort(sorted.begin(), sorted.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(sorted, expected);
  }
}

// The point of it: 16 tiles of 3,830 pairs of 113 operands read some 58 operands each, not 120 as in ascending order.
TEST(TileOrder, TilesReadFewOperands) {
  const Batch batch(113, 3830);
  const std::vector<std::int64_t> cuts = batch.cuts(16);
  std::vector<std::int64_t> ascending = batch.rows, ordered = batch.rows;
  std::sort(ascending.begin(), ascending.end());
  order_for_tiles(ordered, cuts, batch.inputs, 2);
  EXPECT_LT(batch.operands_read(ordered, cuts), 16 * 60);
  EXPECT_GT(batch.operands_read(ascending, cuts), 16 * 100);
}

TEST(TileOrder, EmptyAndSingleRows) {
  const Batch batch(5, 1);
  std::vector<std::int64_t> none, one = batch.rows;
  order_for_tiles(none, std::vector<std::int64_t>{0}, batch.inputs, 2);
  order_for_tiles(one, batch.cuts(1), batch.inputs, 2);
  EXPECT_EQ(one, batch.rows);
}

}  // namespace
}  // namespace groklab
