// See run_columns.h.
#include "groklab/report/run_columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <sstream>

#include "groklab/base/csv.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/engine_identity.h"
#include "groklab/config/keys.h"
#include "groklab/config/suggest.h"
#include "groklab/config/swept_keys.h"
#include "groklab/record/task_label.h"
#include "groklab/store/run_engines.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

/// What does not fit goes in this order; after it the keys that differ, the last first.
constexpr const char* kLeastImportant[] = {"created", "norm",          "seconds", "note",
                                           "task",    "train_rows",    "step",    "train_accuracy",
                                           "tags",    "test_accuracy", "t_fit",   "status"};

RunColumn text_column(const char* name, const char* head, std::string (*text)(const RunInfo&)) {
  return {name, head, true, [text](const ListedRun& run) -> RunValue { return text(run.info); },
          [text](const ListedRun& run) { return text(run.info); }};
}

RunColumn step_column(const char* name, const char* head, std::optional<std::int64_t> (*step)(const ListedRun&)) {
  const auto value = [step](const ListedRun& run) -> RunValue {
    const std::optional<std::int64_t> known = step(run);
    return known ? RunValue(*known) : RunValue();
  };
  const auto text = [step](const ListedRun& run) {
    const std::optional<std::int64_t> known = step(run);
    return known ? format_count(*known) : std::string("-");
  };
  return {name, head, false, value, text};
}

RunColumn event_column(const char* name, const char* head, std::optional<std::int64_t> (*step)(const ListedRun&)) {
  RunColumn column = step_column(name, head, step);
  column.needs_events = true;
  return column;
}

/// Of the last record.
RunColumn number_column(const char* name, const char* head, double (*number)(const Record&),
                        std::string (*format)(double)) {
  const auto value = [number](const ListedRun& run) -> RunValue {
    return run.info.last && !std::isnan(number(*run.info.last)) ? RunValue(number(*run.info.last)) : RunValue();
  };
  const auto text = [number, format](const ListedRun& run) {
    return run.info.last ? format(number(*run.info.last)) : std::string("-");
  };
  return {name, head, false, value, text};
}

std::optional<std::int64_t> last_rows(const ListedRun& run) {
  return run.info.last ? std::optional(run.info.last->train.rows) : std::nullopt;
}

const std::vector<RunColumn>& known_columns() {
  static const std::vector<RunColumn> columns = {
      text_column("id", "RUN", [](const RunInfo& i) { return i.id; }),
      text_column("name", "NAME", [](const RunInfo& i) { return i.annotation.name; }),
      text_column("status", "STATUS", [](const RunInfo& i) { return std::string(run_status_name(i.status)); }),
      step_column("step", "STEP", [](const ListedRun& r) { return std::optional(r.info.step); }),
      text_column("task", "TASK", [](const RunInfo& i) { return task_label(i.config); }),
      step_column("train_rows", "TRAIN ROWS", last_rows),
      number_column(
          "train_accuracy", "TRAIN", [](const Record& r) { return r.train.accuracy; }, format_fraction),
      number_column(
          "test_accuracy", "TEST", [](const Record& r) { return r.test.accuracy; }, format_fraction),
      number_column(
          "train_loss", "TRAIN LOSS", [](const Record& r) { return r.train.loss; }, format_number),
      number_column(
          "test_loss", "TEST LOSS", [](const Record& r) { return r.test.loss; }, format_number),
      event_column("t_fit", "T_FIT", [](const ListedRun& r) { return r.times.fit; }),
      event_column("t_grok", "T_GROK", [](const ListedRun& r) { return r.times.grok; }),
      event_column("t_ungrok", "T_UNGROK", [](const ListedRun& r) { return r.times.ungrok; }),
      number_column(
          "norm", "NORM", [](const Record& r) { return r.norm; }, format_number),
      {"seconds", "TIME", false, [](const ListedRun& r) -> RunValue { return r.info.seconds; },
       [](const ListedRun& r) { return format_duration(r.info.seconds); }},
      text_column("tags", "TAGS", [](const RunInfo& i) { return join(i.annotation.tags, " "); }),
      text_column("note", "REMARK", [](const RunInfo& i) { return i.annotation.note; }),
      text_column("created", "CREATED", [](const RunInfo& i) { return i.created; }),
      text_column("reason", "REASON", [](const RunInfo& i) { return i.reason; }),
      text_column("parent", "PARENT", [](const RunInfo& i) { return i.config.fork.run; }),
      text_column("engine", "ENGINE", [](const RunInfo& i) { return i.engine; }),
      text_column("arithmetic", "NOTE", [](const RunInfo& i) { return arithmetic_note(i.engine, engine_identity()); })};
  return columns;
}

/// WEIGHT DECAY of "optim.weight_decay".
std::string head_of_key(const std::string& key) {
  std::string head = key.substr(key.find_last_of('.') + 1);  // npos + 1 is 0
  for (char& letter : head) letter = letter == '_' ? ' ' : static_cast<char>(std::toupper(letter));
  return head;
}

RunColumn key_column(const std::string& key) {
  const auto text = [key](const ListedRun& run) { return key_text(run.info.config, key); };
  return {key, head_of_key(key), false, [text](const ListedRun& run) -> RunValue { return text(run); }, text};
}

bool has_value(const RunColumn& column, const ListedRun& run) {
  const RunValue value = column.value(run);
  const std::string* text = std::get_if<std::string>(&value);
  return !std::holds_alternative<std::monostate>(value) && (text == nullptr || !text->empty());
}

std::vector<std::vector<std::string>> cells_of(const std::vector<ListedRun>& runs,
                                               const std::vector<RunColumn>& columns) {
  std::vector<std::vector<std::string>> rows(runs.size() + 1);
  for (const RunColumn& column : columns) {
    rows[0].push_back(column.head);
    for (std::size_t i = 0; i < runs.size(); ++i) rows[i + 1].push_back(column.text(runs[i]));
  }
  return rows;
}

std::size_t width_of(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, display_width(row[column]));
  return width;
}

/// Index of the column to leave out next; 0, the run's id, never is.
std::size_t least_important(const std::vector<RunColumn>& columns) {
  for (const char* name : kLeastImportant) {
    for (std::size_t i = 1; i < columns.size(); ++i) {
      if (columns[i].name == name) return i;
    }
  }
  for (std::size_t i = columns.size() - 1; i > 0; --i) {
    if (is_config_key(columns[i].name)) return i;
  }
  return columns.size() - 1;
}

}  // namespace

RunColumn run_column(const std::string& name, const std::string& option) {
  for (const RunColumn& column : known_columns()) {
    if (column.name == name) return column;
  }
  if (is_config_key(name)) return key_column(name);
  std::vector<std::string> names;
  for (const RunColumn& column : known_columns()) names.push_back(column.name);
  for (const FieldInfo& field : config_fields()) names.push_back(field.key);
  std::string nearest = nearest_name(name, names);
  if (nearest.empty()) nearest = suggest_key(name);
  fail(ErrorKind::kConfig, "{}: expected a column or a configuration key, found '{}'{}", option, name,
       nearest.empty() ? "" : ", did you mean '" + nearest + "'?");
}

std::vector<std::string> column_names() {
  std::vector<std::string> names;
  for (const RunColumn& column : known_columns()) names.push_back(column.name);
  return names;
}

std::vector<RunColumn> default_columns(const std::vector<ListedRun>& runs) {
  std::vector<const Config*> configs;
  for (const ListedRun& run : runs) configs.push_back(&run.info.config);
  std::vector<RunColumn> columns;
  const auto add = [&](const char* name) { columns.push_back(run_column(name, "")); };
  const auto add_if_any = [&](const char* name) {
    const RunColumn column = run_column(name, "");
    const bool any =
        std::any_of(runs.begin(), runs.end(), [&](const ListedRun& run) { return has_value(column, run); });
    if (any) columns.push_back(column);
  };
  add("id");
  add_if_any("name");
  for (const char* name : {"status", "step", "task", "train_rows"}) add(name);
  for (const std::string& key : swept_keys(configs).keys) columns.push_back(key_column(key));
  for (const char* name : {"train_accuracy", "test_accuracy", "t_fit", "t_grok"}) add(name);
  add_if_any("t_ungrok");  // most runs of most stores have none of it, neither tags nor another arithmetic
  for (const char* name : {"norm", "seconds"}) add(name);
  add_if_any("tags");
  add("created");
  add_if_any("arithmetic");
  return columns;
}

std::vector<RunColumn> chosen_columns(const std::string& comma_separated, const std::string& option) {
  std::vector<RunColumn> columns;
  std::istringstream stream(comma_separated);
  for (std::string name; std::getline(stream, name, ',');) columns.push_back(run_column(name, option));
  return columns;
}

void sort_runs(std::vector<ListedRun>& runs, const RunColumn& column, bool reverse) {
  const auto less = [](const RunValue& a, const RunValue& b) {
    const std::string *x = std::get_if<std::string>(&a), *y = std::get_if<std::string>(&b);
    return x != nullptr && y != nullptr ? value_less(*x, *y) : a < b;
  };
  std::vector<RunValue> values;
  for (const ListedRun& run : runs) values.push_back(has_value(column, run) ? column.value(run) : RunValue());
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const bool known = !std::holds_alternative<std::monostate>(values[a]);
    if (known != !std::holds_alternative<std::monostate>(values[b])) return known;
    return reverse ? less(values[b], values[a]) : less(values[a], values[b]);
  });
  std::vector<ListedRun> sorted;
  for (const std::size_t i : order) sorted.push_back(std::move(runs[i]));
  runs = std::move(sorted);
}

std::string table_of_runs(const std::vector<ListedRun>& runs, std::vector<RunColumn> columns, std::size_t width) {
  std::vector<std::vector<std::string>> rows = cells_of(runs, columns);
  std::size_t used = 2 * (columns.size() - 1);
  for (std::size_t i = 0; i < columns.size(); ++i) used += width_of(rows, i);
  while (width > 0 && used > width && columns.size() > 1) {
    const std::size_t out = least_important(columns);
    used -= width_of(rows, out) + 2;
    columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(out));
    for (auto& row : rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(out));
  }
  std::string align;
  for (const RunColumn& column : columns) align += column.is_left ? 'l' : 'r';
  return align_columns(rows, align);
}

std::string csv_of_runs(const std::vector<ListedRun>& runs, const std::vector<RunColumn>& columns) {
  CsvText csv;
  for (const RunColumn& column : columns) csv.cell(column.name);
  csv.end_line();
  for (const ListedRun& run : runs) {
    for (const RunColumn& column : columns) {
      std::visit(
          [&](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
              csv.cell("");
            } else {
              csv.cell(value);
            }
          },
          column.value(run));
    }
    csv.end_line();
  }
  return csv.text();
}

}  // namespace groklab
