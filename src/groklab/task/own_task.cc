// See own_task.h.
#include "groklab/task/own_task.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config/task_size.h"
#include "groklab/task/input_file.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

template <typename Number>
std::string_view bytes_of(std::span<const Number> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

void check_size(const char* what, std::size_t found, std::int64_t expected) {
  if (found != static_cast<std::size_t>(expected)) {
    fail(ErrorKind::kInput, "task: expected {} {}, found {}", expected, what, found);
  }
}

void check_range(const char* what, std::span<const std::int32_t> values, std::int64_t end) {
  for (const std::int32_t value : values) {
    if (value < 0 || value >= end)
      fail(ErrorKind::kInput, "task: expected {} of 0..{}, found {}", what, end - 1, value);
  }
}

}  // namespace

Task task_of_operation(const std::string& name, std::int64_t n_symbols,
                       const std::function<std::int64_t(std::int64_t, std::int64_t)>& operation) {
  if (n_symbols < 2 || n_symbols > kMaxSymbols) {
    fail(ErrorKind::kInput, "{}: expected 2..{} symbols, found {}", name, kMaxSymbols, n_symbols);
  }
  Task task = pair_table(n_symbols, [&](std::int64_t x, std::int64_t y) {
    const std::int64_t label = operation(x, y);
    if (label < kNoLabel || label >= n_symbols) {
      fail(ErrorKind::kInput, "{}: expected a label of 0..{}, or -1 for none, found {} for ({}, {})", name,
           n_symbols - 1, label, x, y);
    }
    return static_cast<std::int32_t>(label);
  });
  task.name = name;
  task.symbol_names = number_names(n_symbols);
  task.test_labels = task.labels;
  check_own_task(task);
  return task;
}

void check_own_task(const Task& task) {
  if (task.n_rows < 1 || task.n_rows > kMaxRows) {
    fail(ErrorKind::kInput, "task: expected 1..{} rows, found {}", kMaxRows, task.n_rows);
  }
  if (task.n_inputs < 1 || task.n_symbols < 2 || task.n_classes < 2) {
    fail(ErrorKind::kInput, "task: expected at least 1 input, 2 symbols and 2 classes, found {}, {} and {}",
         task.n_inputs, task.n_symbols, task.n_classes);
  }
  check_size("input symbols (rows x inputs)", task.inputs.size(), task.n_rows * task.n_inputs);
  check_size("labels", task.labels.size(), task.n_rows);
  check_size("test labels", task.test_labels.size(), task.n_rows);
  check_size("symbol names", task.symbol_names.size(), task.n_symbols);
  if (!task.symbol_values.empty()) check_size("symbol values", task.symbol_values.size(), task.n_symbols);
  for (const double value : task.symbol_values) {
    if (!std::isfinite(value)) fail(ErrorKind::kInput, "task: expected finite symbol values, found {}", value);
  }
  check_range("symbols", task.inputs, task.n_symbols);
  check_range("labels", task.labels, task.n_classes);
  check_range("test labels", task.test_labels, task.n_classes);
}

std::vector<std::int64_t> check_own_rows(std::vector<std::int64_t> rows, std::int64_t n_rows) {
  std::sort(rows.begin(), rows.end());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || rows[i] >= n_rows) {
      fail(ErrorKind::kInput, "training rows: expected rows of 0..{}, found {}", n_rows - 1, rows[i]);
    }
    if (i > 0 && rows[i] == rows[i - 1]) fail(ErrorKind::kInput, "training rows: expected row {} once", rows[i]);
  }
  return rows;
}

std::string task_digest(const Task& task) {
  const std::int64_t sizes[] = {task.n_rows, task.n_inputs, task.n_symbols, task.n_classes};
  std::string bytes;
  bytes += bytes_of<std::int64_t>(sizes);
  bytes += bytes_of<std::int32_t>(task.inputs);
  bytes += bytes_of<std::int32_t>(task.labels);
  bytes += bytes_of<std::int32_t>(task.test_labels);
  bytes += bytes_of<double>(task.symbol_values);  // mostly none
  return digest_of(bytes);
}

std::string rows_digest(std::span<const std::int64_t> rows) { return digest_of(bytes_of<std::int64_t>(rows)); }

}  // namespace groklab
