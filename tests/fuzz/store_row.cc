// Rows of a store that others made or that were damaged, up to the page that shows them. An input is a list of changes,
// one a line: "runs.status=t text", with i (whole number), d (number), t (text), b (bytes) or n (NULL) before the
// value; columns that it does not name keep good values. Checksums are left out, as in old stores: nothing would get
// past them.
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "fuzz.h"
#include "groklab/error.h"
#include "groklab/report/report.h"
#include "groklab/store/run_json.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/schema.h"

namespace groklab {
namespace {

constexpr const char* kRow = R"sql(
INSERT INTO runs(number, id, created, machine, version, engine, config, tensors, status)
VALUES (1, 'a', '2025-03-09T14:02:11Z', 'machine', '0.1.0', 'cpu/2', '{"task":{"modulus":7}}', '["a","b.c"]', 'finished');
INSERT INTO records(run, step, train_rows, test_rows, train_loss, test_loss, train_accuracy, test_accuracy, tensor_norms)
VALUES (1, 0, 10, 39, 2.0, 2.1, 0.1, 0.1, '[1,2]'), (1, 5, 10, 39, 0.1, 0.2, 1.0, 0.9, '[1,"inf"]');
INSERT INTO probes(run, step, result) VALUES (1, 5, '{"step":5}');
INSERT INTO annotations(run, name, note, changed) VALUES ('a', 'name', 'note', '2025-03-09T14:02:11Z');
INSERT INTO tags(run, tag) VALUES ('a', 'tag');
)sql";
const std::vector<std::string> kColumns = {"runs.id",
                                           "runs.status",
                                           "runs.reason",
                                           "runs.step",
                                           "runs.seconds",
                                           "runs.created",
                                           "runs.machine",
                                           "runs.version",
                                           "runs.engine",
                                           "runs.config",
                                           "runs.tensors",
                                           "runs.instruction_set",
                                           "runs.replaces",
                                           "records.step",
                                           "records.seconds",
                                           "records.train_rows",
                                           "records.train_loss",
                                           "records.norm",
                                           "records.test_accuracy",
                                           "records.tensor_norms",
                                           "probes.step",
                                           "probes.result",
                                           "annotations.name",
                                           "annotations.note",
                                           "tags.tag"};

template <typename Number>
Number number_of(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A change that the table's own rules refuse is left out: such a row cannot be there.
void change(SQLite::Database& database, std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals + 1 >= line.size()) return;
  const std::string column(line.substr(0, equals));
  if (std::find(kColumns.begin(), kColumns.end(), column) == kColumns.end()) return;
  const std::size_t dot = column.find('.');
  const std::string table = column.substr(0, dot);
  const char type = line[equals + 1];
  const std::string value(line.substr(std::min(line.size(), equals + 3)));
  SQLite::Statement update(database, "UPDATE OR IGNORE " + table + " SET " + column.substr(dot + 1) + " = ?1" +
                                         (table == "records" ? " WHERE step > 0" : ""));
  if (type == 'i') update.bind(1, number_of<std::int64_t>(value));
  if (type == 'd') update.bind(1, number_of<double>(value));
  if (type == 't') update.bind(1, value);
  if (type == 'b') update.bind(1, value.data(), static_cast<int>(value.size()));
  try {
    update.exec();
  } catch (const SQLite::Exception&) {
  }
}

void read(SQLite::Database& database) {
  ReportRun report;
  {
    SQLite::Statement row(database, select_runs_sql());
    must_hold(row.executeStep(), "a row");
    report.info = read_run(row);
  }
  SQLite::Statement records(database, select_records_sql());
  records.bind(1, 1);
  while (records.executeStep()) report.records.push_back(read_record(records, 0, "run a"));
  SQLite::Statement probes(database, select_probes_sql());
  probes.bind(1, 1);
  while (probes.executeStep()) report.inside.over_steps.push_back(read_probe_result(probes, "run a"));
  if (!report.inside.over_steps.empty()) report.inside.last = report.inside.over_steps.back();
  run_to_json(report.info, report.records).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  report.task_name = "task";
  render_report({report}, "title");
}

void run(std::string_view bytes) {
  static SQLite::Database database = [] {
    SQLite::Database made(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    made.exec(schema_sql());
    made.exec(kRow);
    return made;
  }();
  SQLite::Transaction undone(database);
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    change(database, bytes.substr(0, end));
    bytes.remove_prefix(std::min(bytes.size(), end + 1));
  }
  read(database);
}

}  // namespace

const FuzzTarget& store_row_target() {
  static const FuzzTarget target = [] {
    FuzzTarget made = {"store_row",
                       run,
                       {"=i ",
                        "=d ",
                        "=t ",
                        "=b ",
                        "=n ",
                        "\n",
                        "9223372036854775807",
                        "-1",
                        "1e308",
                        "nan",
                        "inf",
                        "{\"step\":5,\"frequencies\":{",
                        "\"names\":[\"1\",\"2\"],",
                        "\"logit_fraction\":[0.5]",
                        "\"neurons\":{\"each\":[]}",
                        "../../x",
                        "'",
                        "</script>",
                        "[",
                        "{"}};
    for (const std::string& column : kColumns) made.words.emplace_back(column);
    return made;
  }();
  return target;
}

}  // namespace groklab
