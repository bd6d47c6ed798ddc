// Chunks of a batch: how many there are, and so how many threads can share a step. A rule of the bits, not of speed
// alone: chunks are summed in their order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// Chunks of a batch of `rows` rows: train.chunks, or by the number of rows where that is 0; at least 1, at most `rows`
/// (the last batch of an epoch may be smaller than the others). Rows are dealt out in their order, as evenly as can be.
std::int64_t chunk_count(const TrainConfig& train, std::int64_t rows);

/// Rows of a whole batch: optim.batch_size, or all `train_rows` where that is 0.
std::int64_t whole_batch(const Config& config, std::int64_t train_rows);

/// A batch in chunks, and each chunk in tiles of nearly equal numbers of rows.
struct BatchTiles {
  std::vector<std::int64_t> cuts{0};       ///< tile i has rows cuts[i]..cuts[i + 1] - 1
  std::vector<std::size_t> first_tile{0};  ///< of every chunk, and the number of tiles

  std::int64_t rows() const { return cuts.back(); }
  std::int64_t chunks() const { return static_cast<std::int64_t>(first_tile.size()) - 1; }
};

/// `chunks` chunks of tiles of at most `tile_rows` rows.
BatchTiles batch_tiles(std::int64_t chunks, std::int64_t rows, std::int64_t tile_rows);

/// Throws Error(kConfig) if train.chunks is above the rows of a whole batch.
void check_chunks(const Config& config, std::int64_t train_rows);

/// One line on threads that a step leaves idle and what would give them work; "" where all are busy, where more chunks
/// would be shorter than a tile, and for fewer than 512 rows, which are not worth sharing.
std::string idle_threads_note(const Config& config, std::int64_t train_rows, int threads);

}  // namespace groklab
