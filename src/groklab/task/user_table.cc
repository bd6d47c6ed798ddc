// See user_table.h: parsing the CSV file of a user's operation.
#include "groklab/task/user_table.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "groklab/base/error.h"
#include "groklab/task/input_file.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

constexpr std::string_view kBlanks = " \t\r";

struct Line {
  std::string_view text;
  std::size_t number;  // in the file, from 1
};

std::vector<Line> data_lines(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // spreadsheets write it
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (first != std::string_view::npos && line[first] != '#') lines.push_back({line, number});
  }
  return lines;
}

std::string_view trimmed(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string_view> split_cells(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    const std::size_t comma = line.find(',');
    cells.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

std::string user_table_label(const TaskConfig& config) {
  return fmt::format("table {}", std::filesystem::path(config.table).filename().string());
}

Task build_user_table(const TaskConfig& config) {
  const std::string text = read_input_file("task.table", config.table);
  check_digest("task.table", config.table, text, config.table_digest);
  const UserTable table = parse_user_table(text, config.table);
  const std::int64_t p = table.n_symbols;
  Task task =
      pair_table(p, [&](std::int64_t x, std::int64_t y) { return table.labels[static_cast<std::size_t>(x * p + y)]; });
  task.name = user_table_label(config);
  task.symbol_names = number_names(p);
  return task;
}

void check_path(const Config& config) {
  if (config.task.table.empty()) {
    refuse(config, "task.table", "the path of a CSV file for task.operation = table");
  }
}

}  // namespace

UserTable parse_user_table(std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) {
    fail(ErrorKind::kInput, "{}: expected lines of comma-separated integers, found a binary file", where);
  }
  const std::vector<Line> lines = data_lines(text);
  const std::size_t p = lines.size();
  if (p < 2 || p > static_cast<std::size_t>(kMaxSymbols)) {
    fail(ErrorKind::kInput, "{}: expected 2..{} lines of comma-separated integers, found {}", where, kMaxSymbols, p);
  }
  UserTable table;
  table.n_symbols = static_cast<std::int64_t>(p);
  table.labels.reserve(p * p);
  bool any_known = false;
  for (const Line& line : lines) {
    const std::vector<std::string_view> cells = split_cells(line.text);
    if (cells.size() != p) {
      fail(ErrorKind::kInput, "{}:{}: expected {} cells (the table has {} lines), found {}", where, line.number, p, p,
           cells.size());
    }
    for (const std::string_view cell : cells) {
      if (cell.empty() || cell == "-") {
        table.labels.push_back(kNoLabel);
        continue;
      }
      std::int32_t label = 0;
      const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), label);
      if (error != std::errc() || end != cell.data() + cell.size() || label < 0 || label >= table.n_symbols) {
        fail(ErrorKind::kInput, "{}:{}:{}: expected an integer 0..{} (or - for an unknown product), found \"{}\"",
             where, line.number, cell.data() - line.text.data() + 1, p - 1, cell.substr(0, 40));
      }
      table.labels.push_back(label);
      any_known = true;
    }
  }
  if (!any_known) fail(ErrorKind::kInput, "{}: expected at least one known product, found none", where);
  return table;
}

const OperationDescriptor& user_table_operation() {
  static const OperationDescriptor descriptor = {
      .spec = {.choice = "task.operation",
               .name = "table",
               .meaning = "a binary operation of your own from the CSV file task.table",
               .uses = {"task.table", "task.table_digest"},
               .only = {"task.table"},  // a file that would be silently left unread is a mistake worth a line
               .check = check_path,
               .task_label = user_table_label},
      .build = build_user_table};
  return descriptor;
}

}  // namespace groklab
