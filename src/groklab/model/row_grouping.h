// Groups the rows of a tile by the table rows they read, for the kernels that mix table rows.
#pragma once

#include <cstdint>
#include <span>

#include "groklab/kernel/kernels.h"

namespace groklab {

/// What the rows of a tile read at every slot.
struct TileReads {
  std::int64_t row_capacity = 0;
  const std::int32_t* table_rows = nullptr;  ///< [slots][row_capacity]
  const RowGroups* groups = nullptr;         ///< [slots]
};

/// The groups of a tile at several slots (positions of a sequence, inputs of an MLP), in memory of the caller's.
class RowGrouping {
 public:
  /// A row reads one of `table_rows` rows at each of `slots` slots; a tile has at most `capacity` rows.
  RowGrouping(std::int64_t slots, std::int64_t table_rows, std::int64_t capacity)
      : slots_(slots), table_rows_(table_rows), capacity_(capacity) {}

  /// Numbers of memory that all this takes.
  std::int64_t size() const { return slots_ * (capacity_ + slot_size()) + table_rows_ + 1; }
  /// Which table row each row reads at a slot, [rows]: to be written before build(). Slots follow each other at a
  /// distance of `capacity`.
  std::int32_t* read_by(std::int32_t* memory, std::int64_t slot) const { return memory + slot * capacity_; }
  /// Groups `rows` rows by what they read at a slot; inside a group they keep their order. Valid as long as the memory.
  RowGroups build(std::int32_t* memory, std::int64_t slot, std::int64_t rows) const;

 private:
  /// Rows, begins and table rows.
  std::int64_t slot_size() const { return 3 * capacity_ + 1; }
  std::int64_t slot_at(std::int64_t slot) const { return slots_ * capacity_ + slot * slot_size(); }

  std::int64_t slots_, table_rows_, capacity_;
};

/// Puts rows into an order in which the rows of a tile read few rows of every table, each of them often: a tile is
/// a rectangle of the task's table of operands, not a few of its lines. Tile i has rows cuts[i]..cuts[i + 1] - 1.
/// `inputs`: [task rows, n_inputs]. The result depends on the set of rows and the cuts alone.
void order_for_tiles(std::span<std::int64_t> rows, std::span<const std::int64_t> cuts,
                     std::span<const std::int32_t> inputs, std::int64_t n_inputs);

}  // namespace groklab
