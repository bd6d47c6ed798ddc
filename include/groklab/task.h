// A task is a finite table of inputs and labels; a split says which rows a run trains on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// All rows of a task. Row-major arrays; rows of a binary operation are ordered by (x, y).
struct Task {
  std::string name;                  ///< e.g. "x + y mod 113"
  std::int64_t n_rows = 0;           ///< rows of the table
  std::int64_t n_inputs = 0;         ///< symbols per row: 2 for a binary operation, n for parity
  std::int64_t n_symbols = 0;        ///< distinct input symbols (p; 2 for parity)
  std::int64_t n_classes = 0;        ///< distinct labels
  std::vector<std::int32_t> inputs;  ///< [n_rows, n_inputs]
  std::vector<std::int32_t> labels;  ///< [n_rows] label of a row while it is trained on
  std::vector<std::int32_t>
      test_labels;  ///< [n_rows] label of a row while it is not; differs only for corrupted labels
  std::vector<std::string> symbol_names;  ///< [n_symbols] for tables and axes ("0", "1", ... or permutations)
  std::vector<double> symbol_values;      ///< [n_symbols] the numbers that number_mlp takes the symbols for, ascending;
                                          ///< empty: symbol s is s / (n_symbols - 1)
};

/// Builds the task's table. Throws Error(kConfig|kInput) for what check_config cannot see (table files).
Task make_task(const ResolvedConfig& config);

/// The table of an operation of your own on symbols 0..n_symbols-1: one row per pair, ordered by (x, y), labelled
/// operation(x, y) in 0..n_symbols-1; a pair for which it gives -1 has no row. Throws Error(kInput): another label, no
/// row at all, n_symbols outside 2..2000.
Task task_of_operation(const std::string& name, std::int64_t n_symbols,
                       const std::function<std::int64_t(std::int64_t x, std::int64_t y)>& operation);

/// 0, 1, ..., n_rows - 1.
std::vector<std::int64_t> all_rows(const Task& task);

/// XXH3-128 hex digest of the contents of a table or split file, for the run's identity. `key` is named in messages.
/// Throws Error(kInput).
std::string file_digest(const std::string& key, const std::string& path);

/// What a row is to a run.
enum class RowRole : std::uint8_t {
  kTrain = 0,      ///< in the training set now
  kRemoved = 1,    ///< was in the training set of an ancestor run, not now
  kNeverSeen = 2,  ///< never in the training set of this run or an ancestor
};

/// Which rows a run trains on.
struct Split {
  std::vector<std::int64_t> train;  ///< ascending row indices
  std::vector<RowRole> role;        ///< [n_rows]
};

/// Size of the training set of a task of `n_rows` rows: split.train_size, or split.train_fraction of them, rounded
/// down. Not for split.method = file, where the file says it. Throws Error(kConfig): size 0 or above the table.
std::int64_t training_rows(const SplitConfig& config, std::int64_t n_rows);

/// The split of a run. With `parent`, rows the parent trains on come first in the seeded order, so that a smaller
/// training set is a subset of the parent's and a larger one contains it. Subsets of one seed are nested.
/// Throws Error(kConfig|kInput): size 0 or above the table, a row twice or out of range in a file.
Split make_split(const ResolvedConfig& config, const Task& task, const Split* parent = nullptr);

/// torch.randperm(n) on the CPU after torch.manual_seed(seed): MT19937, forward Fisher-Yates by u32 % (n - i).
std::vector<std::int64_t> torch_randperm(std::int64_t n, std::uint64_t seed);

}  // namespace groklab
