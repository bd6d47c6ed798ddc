// Chunks: their number follows from key and rows alone, and threads without work are named where more chunks help.
#include "groklab/engine/chunks.h"

#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

std::int64_t chunks_of(std::int64_t key, std::int64_t rows) {
  TrainConfig train;
  train.chunks = key;
  return chunk_count(train, rows);
}

// Catches: a limit of the rule that moves by one row, which would give old runs other bits under their old names.
TEST(Chunks, FollowTheNumberOfRowsUnlessTheyAreSet) {
  for (const auto& [rows, chunks] :
       {std::pair{1, 1}, {511, 1}, {512, 2}, {3830, 2}, {8191, 2}, {8192, 8}, {12769, 8}, {4'000'000, 8}}) {
    EXPECT_EQ(chunks_of(0, rows), chunks) << rows;
  }
  for (const std::int64_t key : {1, 2, 3, 16, 64}) {
    for (const std::int64_t rows : {64, 512, 8192}) EXPECT_EQ(chunks_of(key, rows), key) << rows;
  }
}

// The last batch of an epoch may have one row. Catches: an empty chunk, whose gradient nothing has written.
TEST(Chunks, AreNeverMoreThanRows) {
  EXPECT_EQ(chunks_of(16, 15), 15);
  EXPECT_EQ(chunks_of(16, 16), 16);
  EXPECT_EQ(chunks_of(16, 1), 1);
}

// Catches: a check against all training rows instead of the batch's, or one that refuses as many chunks as rows.
TEST(Chunks, MoreThanTheRowsOfABatchAreRefused) {
  const Config whole = config_with("train.chunks=31"), batches = config_with("train.chunks=31", "optim.batch_size=30");
  EXPECT_NO_THROW(check_chunks(whole, 31));
  EXPECT_EQ(error_of([&] { check_chunks(whole, 30); }),
            "train.chunks = 31: expected at most the 30 rows of a batch (0 chooses by their number)");
  EXPECT_EQ(error_of([&] { check_chunks(batches, 1000); }),
            "train.chunks = 31: expected at most the 30 rows of a batch (0 chooses by their number)");
  EXPECT_NO_THROW(check_chunks(config_with("optim.batch_size=30"), 1000));
  EXPECT_EQ(set_error("train.chunks=65"), "--set: train.chunks = 65: expected a whole number in [0, 64], found 65");
  EXPECT_EQ(set_error("train.chunks=-1"), "--set: train.chunks = -1: expected a whole number in [0, 64], found -1");
}

// Catches: a remark where every thread has work, or where nothing can be gained; a proposal that is refused.
TEST(Chunks, IdleThreadsAreNamedWhereMoreChunksHelp) {
  EXPECT_EQ(idle_threads_note(config_with(), 3830, 16),
            "16 threads, but only 2 can work on a step, one for each chunk of its batch; train.chunks=16 allows 16 "
            "(another run: other bits)");
  EXPECT_EQ(idle_threads_note(config_with("train.chunks=1"), 3830, 2),
            "2 threads, but only 1 can work on a step, one for each chunk of its batch; train.chunks=2 allows 2 "
            "(another run: other bits)");
  EXPECT_EQ(idle_threads_note(config_with(), 12769, 1024),
            "1024 threads, but only 8 can work on a step, one for each chunk of its batch; train.chunks=64 allows 64 "
            "(another run: other bits)");
  EXPECT_EQ(idle_threads_note(config_with(), 3830, 2), "");
  EXPECT_EQ(idle_threads_note(config_with("train.chunks=16"), 3830, 16), "");
  EXPECT_EQ(idle_threads_note(config_with(), 511, 16), "") << "not worth sharing";
  EXPECT_EQ(idle_threads_note(config_with(), 575, 16), "") << "three chunks would be shorter than a tile";
  EXPECT_NE(idle_threads_note(config_with(), 576, 16), "");
  EXPECT_EQ(idle_threads_note(config_with("optim.batch_size=100"), 12769, 16), "");
}

}  // namespace
}  // namespace groklab
