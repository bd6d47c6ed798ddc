// make_split: the seeded order of the rows, how many of them train, and what each row was before.
#include "groklab/task/split.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/task.h"
#include "groklab/task/input_file.h"
#include "groklab/task/row_file.h"

namespace groklab {
namespace {

std::vector<std::int64_t> seeded_order(const SplitConfig& config, std::int64_t n_rows) {
  const auto seed = static_cast<std::uint64_t>(config.seed);
  if (config.method == SplitMethod::kTorchRandperm) return torch_randperm(n_rows, seed);
  return RandomStream(seed, StreamPurpose::kSplit).permutation(n_rows);
}

std::vector<std::int64_t> seeded_rows(const SplitConfig& config, const Task& task, const Split* parent) {
  const std::int64_t size = training_rows(config, task.n_rows);
  std::vector<std::int64_t> order = seeded_order(config, task.n_rows);
  if (parent != nullptr) {
    std::stable_partition(order.begin(), order.end(), [&](std::int64_t row) {
      return parent->role[static_cast<std::size_t>(row)] == RowRole::kTrain;
    });
  }
  order.resize(static_cast<std::size_t>(size));
  std::sort(order.begin(), order.end());
  return order;
}

std::vector<std::int64_t> rows_of_file(const SplitConfig& config, const Task& task) {
  const std::string bytes = read_input_file("split.file", config.file);
  check_digest("split.file", config.file, bytes, config.file_digest);
  return parse_row_file(bytes, config.file, task.n_rows);
}

}  // namespace

std::int64_t training_rows(const SplitConfig& config, std::int64_t n_rows) {
  require(config.method != SplitMethod::kFile, "a split file says itself which rows train");
  if (config.train_size != 0) {
    if (config.train_size < 1 || config.train_size > n_rows) {
      fail(ErrorKind::kConfig, "split.train_size = {}: expected 1..{}, at most the task's {} rows", config.train_size,
           n_rows, n_rows);
    }
    return config.train_size;
  }
  // 1e-9: a fraction that was meant to give a whole number, such as 0.29 of 100, must not lose a row to rounding.
  const double size = std::floor(config.train_fraction * static_cast<double>(n_rows) + 1e-9);
  if (!(size >= 1.0 && size <= static_cast<double>(n_rows))) {
    fail(ErrorKind::kConfig, "split.train_fraction = {}: expected a fraction that gives 1..{} rows, found {} rows",
         config.train_fraction, n_rows, size);
  }
  return static_cast<std::int64_t>(size);
}

Split make_split(const ResolvedConfig& resolved, const Task& task, const Split* parent) {
  const SplitConfig& config = resolved->split;
  const auto n_rows = static_cast<std::size_t>(task.n_rows);
  if (parent != nullptr && parent->role.size() != n_rows) {
    fail(ErrorKind::kConfig, "task: expected the {} rows of the parent run, found {} rows of {}", parent->role.size(),
         n_rows, task.name);
  }
  return split_of_rows(
      config.method == SplitMethod::kFile ? rows_of_file(config, task) : seeded_rows(config, task, parent), task.n_rows,
      parent);
}

Split split_of_rows(std::vector<std::int64_t> rows, std::int64_t n_rows, const Split* parent) {
  Split split;
  split.train = std::move(rows);
  split.role.assign(static_cast<std::size_t>(n_rows), RowRole::kNeverSeen);
  if (parent != nullptr) {
    for (std::size_t row = 0; row < split.role.size(); ++row) {
      if (parent->role[row] != RowRole::kNeverSeen) split.role[row] = RowRole::kRemoved;
    }
  }
  for (const std::int64_t row : split.train) split.role[static_cast<std::size_t>(row)] = RowRole::kTrain;
  return split;
}

}  // namespace groklab
