// See schema.h.
#include "groklab/store/schema.h"

#include <fmt/format.h>

#include "groklab/store/record_columns.h"

namespace groklab {
namespace {

/// `result` was called reading in version 2.
std::string probes_table(const std::string& result) {
  return fmt::format(R"sql(CREATE TABLE probes (
  run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  {} TEXT NOT NULL,{}
  PRIMARY KEY (run, step)
) WITHOUT ROWID;
)sql",
                     result, result == "result" ? "\n  checksum INTEGER," : "");
}

std::string metric_columns() {
  std::string columns;
  const Record record;
  visit_metrics(record, [&](const std::string& group, const std::string& name, const auto& value) {
    if (name == "step") return;  // part of the key
    const bool integer = std::is_same_v<std::remove_cvref_t<decltype(value)>, std::int64_t>;
    columns += fmt::format("  {}{}{} {},\n", group, group.empty() ? "" : "_", name, integer ? "INTEGER" : "REAL");
  });
  return columns;
}

}  // namespace

/// A configuration that is no JSON gives NULL: it must not be an error of every condition. The last record is found by
/// its row's number: by its run and step, a condition on it reads all records (4 s instead of 0.2 s for 2 million).
std::string runs_view_sql() {
  return R"sql(CREATE VIEW runs_view AS
SELECT
  runs.number, runs.id, runs.status, runs.reason, runs.step, runs.seconds, runs.created, runs.machine, runs.version,
  runs.engine, runs.instruction_set,
  json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.task.operation') AS operation,
  json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.task.modulus') AS modulus,
  coalesce(last.train_rows, json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.split.train_size')) AS train_size,
  json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.seed') AS seed,
  json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.model.d_model') AS d_model,
  json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.optim.weight_decay') AS weight_decay,
  json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.train.precision') AS precision,
  nullif(json_extract(CASE WHEN json_valid(runs.config) THEN runs.config END, '$.fork.run'), '') AS parent,
  last.train_loss, last.test_loss, last.train_accuracy, last.test_accuracy, last.norm,
  nullif(said.name, '') AS name, nullif(said.note, '') AS note,
  runs.config
FROM runs LEFT JOIN records AS last
  ON last.rowid = (SELECT rowid FROM records WHERE run = runs.number ORDER BY step DESC LIMIT 1)
LEFT JOIN annotations AS said ON said.run = runs.id;
)sql";
}

std::string schema_sql() {
  return fmt::format(R"sql(
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  step INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  machine TEXT NOT NULL,
  version TEXT NOT NULL,
  engine TEXT NOT NULL,
  config TEXT NOT NULL,
  tensors TEXT NOT NULL,
  instruction_set TEXT NOT NULL DEFAULT '',
  folder TEXT NOT NULL DEFAULT '',
  replaces TEXT,
  checksum INTEGER
);
CREATE TABLE records (
  run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
{}  tensor_norms TEXT NOT NULL,
  checksum INTEGER,
  PRIMARY KEY (run, step)
);
CREATE TABLE checkpoints (
  run INTEGER NOT NULL REFERENCES runs(number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (run, step)
) WITHOUT ROWID;
{}{}{}PRAGMA application_id = {};
PRAGMA user_version = {};
)sql",
                     metric_columns(), probes_table("result"), annotation_tables_sql(), runs_view_sql(), kApplicationId,
                     kSchemaVersion);
}

std::string columns_4_sql() {
  return R"sql(
ALTER TABLE runs ADD COLUMN instruction_set TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN folder TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN replaces TEXT;
ALTER TABLE runs ADD COLUMN checksum INTEGER;
ALTER TABLE records ADD COLUMN checksum INTEGER;
ALTER TABLE probes ADD COLUMN checksum INTEGER;
UPDATE runs SET folder = id;
)sql";
}

std::string columns_5_sql() { return "ALTER TABLE records ADD COLUMN objective REAL"; }

/// By id and not by number: what was said of a run holds for the one that is trained anew in its place.
std::string annotation_tables_sql() {
  return R"sql(CREATE TABLE annotations (
  run TEXT PRIMARY KEY,
  name TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  changed TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tags (
  run TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (run, tag)
) WITHOUT ROWID;
)sql";
}

std::string probes_table_2_sql() { return probes_table("reading"); }

}  // namespace groklab
