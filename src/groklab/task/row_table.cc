// See row_table.h.
#include "groklab/task/row_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/task/idx.h"
#include "groklab/task/input_file.h"
#include "groklab/task/npy.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

/// Rows as they were read, before numbers become symbols.
struct NumberRows {
  std::int64_t n_inputs = 0;
  std::vector<double> inputs;  ///< [rows, n_inputs]
  std::vector<double> labels;  ///< [rows]
};

/// Numbers of one line; commas or blanks between them. `number`: of the line, from 1.
void read_numbers(std::string_view line, const std::string& where, std::size_t number, std::vector<double>& numbers) {
  numbers.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (true) {
    while (at != end && is_blank(*at)) ++at;
    double value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc() || !std::isfinite(value)) {
      fail(ErrorKind::kInput, "{}:{}:{}: expected a number, found \"{}\"", where, number, at - line.data() + 1,
           std::string_view(at, static_cast<std::size_t>(end - at)).substr(0, 40));
    }
    numbers.push_back(value);
    at = after;
    while (at != end && is_blank(*at)) ++at;
    if (at == end) return;
    if (*at != ',') {
      fail(ErrorKind::kInput, "{}:{}:{}: expected a comma between numbers, found \"{}\"", where, number,
           at - line.data() + 1, *at);
    }
    ++at;
  }
}

/// A label, or an input that is a symbol by itself.
bool is_whole(double value) {
  return value >= 0 && value < static_cast<double>(kMaxSymbols) && value == std::floor(value);
}

void check_row_count(std::size_t rows, const std::string& where) {
  if (rows > static_cast<std::size_t>(kMaxRows)) {
    fail(ErrorKind::kInput, "{}: expected at most {} rows, found more", where, kMaxRows);
  }
}

NumberRows read_lines(std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) {
    fail(ErrorKind::kInput, "{}: expected lines of comma-separated numbers, .npy or IDX, found another binary file",
         where);
  }
  NumberRows rows;
  std::vector<double> numbers;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    read_numbers(line, where, number, numbers);
    const auto inputs = static_cast<std::int64_t>(numbers.size()) - 1;
    if (rows.labels.empty()) rows.n_inputs = inputs;
    if (inputs < 1 || inputs != rows.n_inputs) {
      fail(ErrorKind::kInput, "{}:{}: expected {} inputs and a label, found {} numbers", where, number,
           std::max<std::int64_t>(rows.n_inputs, 1), numbers.size());
    }
    if (!is_whole(numbers.back())) {
      fail(ErrorKind::kInput, "{}:{}: expected a label of 0..{} at the end, found {}", where, number, kMaxSymbols - 1,
           numbers.back());
    }
    rows.inputs.insert(rows.inputs.end(), numbers.begin(), numbers.end() - 1);
    rows.labels.push_back(numbers.back());
    check_row_count(rows.labels.size(), where);
  }
  return rows;
}

std::string shape_text(const NumberArray& array) { return fmt::format("[{}]", join(array.shape, ", ")); }

/// Labels that stand last in each row of `array`.
NumberRows split_off_labels(const NumberArray& array, const std::string& where) {
  if (array.shape.size() != 2 || array.shape[1] < 2) {
    fail(
        ErrorKind::kInput,
        "{}: expected an array [rows, inputs + 1] with the label last, or inputs with labels [rows] behind them, found "
        "one of shape {}",
        where, shape_text(array));
  }
  NumberRows rows;
  const std::size_t columns = array.shape[1];
  rows.n_inputs = static_cast<std::int64_t>(columns) - 1;
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    ((i + 1) % columns == 0 ? rows.labels : rows.inputs).push_back(array.values[i]);
  }
  return rows;
}

NumberRows join_labels(NumberArray inputs, NumberArray labels, const std::string& where) {
  const bool fit = inputs.shape.size() >= 2 && labels.shape.size() == 1 && inputs.shape[0] == labels.shape[0];
  if (!fit || inputs.values.empty()) {
    fail(ErrorKind::kInput, "{}: expected inputs [rows, ...] and labels [rows], found arrays of shape {} and {}", where,
         shape_text(inputs), shape_text(labels));
  }
  NumberRows rows;
  rows.n_inputs = static_cast<std::int64_t>(inputs.values.size() / labels.values.size());
  rows.inputs = std::move(inputs.values);
  rows.labels = std::move(labels.values);
  return rows;
}

NumberRows read_arrays(std::string_view bytes, const std::string& where) {
  const auto take = [&] { return looks_like_idx(bytes) ? take_idx_array(bytes, where) : take_npy_array(bytes, where); };
  NumberArray first = take();
  NumberRows rows = bytes.empty() ? split_off_labels(first, where) : join_labels(std::move(first), take(), where);
  if (!bytes.empty()) {
    fail(ErrorKind::kInput, "{}: expected one array or two, found {} bytes more", where, bytes.size());
  }
  check_row_count(rows.labels.size(), where);
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    if (!is_whole(rows.labels[i])) {
      fail(ErrorKind::kInput, "{}: row {}: expected a label of 0..{}, found {}", where, i, kMaxSymbols - 1,
           rows.labels[i]);
    }
  }
  for (std::size_t i = 0; i < rows.inputs.size(); ++i) {
    if (!std::isfinite(rows.inputs[i])) {
      fail(ErrorKind::kInput, "{}: row {}: expected finite numbers, found {}", where,
           static_cast<std::int64_t>(i) / rows.n_inputs, rows.inputs[i]);
    }
  }
  return rows;
}

/// Numbers in place of whole ones from 0 on: a symbol for each that occurs.
void take_levels(Task& task, const std::vector<double>& inputs, const std::string& where) {
  std::vector<double>& levels = task.symbol_values = inputs;
  for (double& level : levels) level += 0.0;  // -0 is 0
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  if (levels.size() > static_cast<std::size_t>(kMaxLevels)) {
    fail(ErrorKind::kInput, "{}: expected at most {} different numbers, found {}", where, kMaxLevels, levels.size());
  }
  if (levels.size() < 2) fail(ErrorKind::kInput, "{}: expected two different inputs or more, found one", where);
  for (const double level : levels) task.symbol_names.push_back(fmt::format("{}", level));
  for (const double input : inputs) {
    const auto place = std::lower_bound(levels.begin(), levels.end(), input);
    task.inputs.push_back(static_cast<std::int32_t>(place - levels.begin()));
  }
  levels.shrink_to_fit();
  task.n_symbols = static_cast<std::int64_t>(levels.size());
}

std::string rows_label(const TaskConfig& config) {
  return fmt::format("rows {}", std::filesystem::path(config.table).filename().string());
}

Task build_rows(const TaskConfig& config) {
  const std::string text = read_input_file("task.table", config.table);
  check_digest("task.table", config.table, text, config.table_digest);
  Task task = parse_row_table(text, config.table);
  task.name = rows_label(config);
  return task;
}

void check_rows(const Config& config) {
  if (config.task.table.empty())
    refuse(config, "task.table", "the path of a CSV, .npy or IDX file for task.operation = rows");
  check_no_pairs(config);
}

}  // namespace

Task parse_row_table(std::string_view bytes, const std::string& where) {
  const bool arrays = looks_like_npy(bytes) || looks_like_idx(bytes);
  const NumberRows rows = arrays ? read_arrays(bytes, where) : read_lines(bytes, where);
  Task task;
  task.n_rows = static_cast<std::int64_t>(rows.labels.size());
  task.n_inputs = rows.n_inputs;
  for (const double label : rows.labels) task.labels.push_back(static_cast<std::int32_t>(label));
  if (task.n_rows < 2 || *std::max_element(task.labels.begin(), task.labels.end()) < 1) {
    fail(ErrorKind::kInput, "{}: expected two rows or more with two labels or more, found {} rows", where, task.n_rows);
  }
  task.n_classes = *std::max_element(task.labels.begin(), task.labels.end()) + 1;
  if (!std::all_of(rows.inputs.begin(), rows.inputs.end(), is_whole)) {
    take_levels(task, rows.inputs, where);
    return task;
  }
  for (const double input : rows.inputs) task.inputs.push_back(static_cast<std::int32_t>(input));
  task.n_symbols = std::max<std::int64_t>(*std::max_element(task.inputs.begin(), task.inputs.end()), 1) + 1;
  task.symbol_names = number_names(task.n_symbols);
  return task;
}

void check_no_pairs(const Config& config) {
  if (config.task.labels == LabelKind::kRandomCommutative) {
    refuse(config, "task.labels", "true, random or corrupted for rows that are no pairs x y and y x");
  }
  if (config.model.input_tokens == 4 && key_applies(config, "model.input_tokens")) {
    refuse(config, "model.input_tokens", "2 or 3 for rows that are no pairs, which have no operation token");
  }
}

const OperationDescriptor& rows_operation() {
  static const OperationDescriptor descriptor = {
      .spec =
          {.choice = "task.operation",
           .name = "rows",
           .meaning =
               "rows of your own, such as images, from the CSV, .npy or IDX file task.table: numbers, the label last",
           .uses = {"task.table", "task.table_digest"},
           .only = {"task.table"},
           .check = check_rows,
           .task_label = rows_label},
      .build = build_rows,
      .is_binary = false};
  return descriptor;
}

}  // namespace groklab
