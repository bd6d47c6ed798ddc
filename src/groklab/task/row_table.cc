// See row_table.h.
#include "groklab/task/row_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "groklab/base/error.h"
#include "groklab/task/input_file.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

/// Numbers of one line; commas or blanks between them. `number`: of the line, from 1.
void read_numbers(std::string_view line, const std::string& where, std::size_t number,
                  std::vector<std::int32_t>& numbers) {
  numbers.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (true) {
    while (at != end && is_blank(*at)) ++at;
    std::int32_t value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value < 0 || value >= kMaxSymbols) {
      fail(ErrorKind::kInput, "{}:{}:{}: expected a whole number 0..{}, found \"{}\"", where, number,
           at - line.data() + 1, kMaxSymbols - 1,
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
  if (config.task.table.empty()) refuse(config, "task.table", "the path of a CSV file for task.operation = rows");
  check_no_pairs(config);
}

}  // namespace

Task parse_row_table(std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) {
    fail(ErrorKind::kInput, "{}: expected lines of comma-separated whole numbers, found a binary file", where);
  }
  Task task;
  std::vector<std::int32_t> numbers;
  std::int32_t largest = 0, last_class = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    read_numbers(line, where, number, numbers);
    const auto inputs = static_cast<std::int64_t>(numbers.size()) - 1;
    if (task.n_rows == 0) task.n_inputs = inputs;
    if (inputs < 1 || inputs != task.n_inputs) {
      fail(ErrorKind::kInput, "{}:{}: expected {} inputs and a label, found {} numbers", where, number,
           std::max<std::int64_t>(task.n_inputs, 1), numbers.size());
    }
    if (++task.n_rows > kMaxRows) fail(ErrorKind::kInput, "{}: expected at most {} rows, found more", where, kMaxRows);
    largest = std::max(largest, *std::max_element(numbers.begin(), numbers.end() - 1));
    last_class = std::max(last_class, numbers.back());
    task.inputs.insert(task.inputs.end(), numbers.begin(), numbers.end() - 1);
    task.labels.push_back(numbers.back());
  }
  if (task.n_rows < 2 || last_class < 1) {
    fail(ErrorKind::kInput, "{}: expected two rows or more with two labels or more, found {} rows", where, task.n_rows);
  }
  task.n_symbols = std::max<std::int64_t>(largest, 1) + 1;
  task.n_classes = last_class + 1;
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
      .spec = {.choice = "task.operation",
               .name = "rows",
               .meaning =
                   "rows of your own, such as images, from the CSV file task.table: whole numbers, the label last",
               .uses = {"task.table", "task.table_digest"},
               .only = {"task.table"},
               .check = check_rows,
               .task_label = rows_label},
      .build = build_rows,
      .is_binary = false};
  return descriptor;
}

}  // namespace groklab
