// See chunks.h.
#include "groklab/engine/chunks.h"

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/config/visit.h"

namespace groklab {
namespace {

constexpr std::int64_t kWorthSharing = 512;  // rows; a step of fewer takes one thread about a millisecond or less

/// Enough for several threads, few enough that summing their gradients stays near 0.5 % of a step (8 chunks of 3,830
/// rows cost 1.2 % more of it, and 4 % more where the cores share no cache).
std::int64_t chunks_of_rows(std::int64_t rows) {
  if (rows < kWorthSharing) return 1;
  if (rows < 8192) return 2;
  return 8;
}

}  // namespace

std::int64_t chunk_count(const TrainConfig& train, std::int64_t rows) {
  const std::int64_t wanted = train.chunks > 0 ? train.chunks : chunks_of_rows(rows);
  return std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(rows, 1));
}

std::int64_t whole_batch(const Config& config, std::int64_t train_rows) {
  return config.optim.batch_size > 0 ? config.optim.batch_size : train_rows;
}

BatchTiles batch_tiles(std::int64_t chunks, std::int64_t rows, std::int64_t tile_rows) {
  BatchTiles result;
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    const std::int64_t begin = rows * chunk / chunks, end = rows * (chunk + 1) / chunks;
    const std::int64_t tiles = (end - begin + tile_rows - 1) / tile_rows;
    for (std::int64_t tile = 1; tile <= tiles; ++tile) result.cuts.push_back(begin + (end - begin) * tile / tiles);
    result.first_tile.push_back(result.cuts.size() - 1);
  }
  return result;
}

void check_chunks(const Config& config, std::int64_t train_rows) {
  const std::int64_t rows = whole_batch(config, train_rows), chunks = config.train.chunks;
  if (chunks <= rows) return;
  fail(ErrorKind::kConfig, "train.chunks = {}: expected at most the {} rows of a batch (0 chooses by their number)",
       chunks, rows);
}

std::string idle_threads_note(const Config& config, std::int64_t train_rows, int threads) {
  constexpr std::int64_t kTileRows = 192;  // of the default network; smaller ones have up to 256
  const std::int64_t rows = whole_batch(config, train_rows), chunks = chunk_count(config.train, rows);
  const std::int64_t useful = std::min({std::int64_t{threads}, rows / kTileRows, kMaxChunks});
  if (rows < kWorthSharing || useful <= chunks) return "";
  return fmt::format(
      "{} threads, but only {} can work on a step, one for each chunk of its batch; train.chunks={} allows {} (another "
      "run: other bits)",
      threads, chunks, useful, useful);
}

}  // namespace groklab
