// What a program that follows a store asks again and again (groklab serve): whether anything changed, what, and parts
// of records. Everything here is fast instead of thorough: rows are believed, not compared with their checksums.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "groklab/base/digest.h"
#include "groklab/base/join.h"
#include "groklab/store/annotation.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_query.h"
#include "groklab/store/store_sink.h"

namespace groklab {
namespace {

double number_in(const SQLite::Column& cell) {
  return cell.isNull() ? std::numeric_limits<double>::quiet_NaN() : cell.getDouble();
}

bool is_step(std::int64_t step) { return step >= 0 && step <= kLastStep; }

/// Steps between two, half at equal distances and half at equal distances of log(1 + step).
std::vector<std::int64_t> spread_steps(std::int64_t first, std::int64_t last, std::size_t points) {
  const std::size_t half = std::max<std::size_t>(points / 2, 1);
  const double low = std::log1p(static_cast<double>(first)), high = std::log1p(static_cast<double>(last));
  std::set<std::int64_t> steps = {first, last};
  for (std::size_t i = 1; i < half; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(half);
    steps.insert(first + std::llround(part * static_cast<double>(last - first)));
    steps.insert(std::clamp<std::int64_t>(std::llround(std::expm1(low + part * (high - low))), first, last));
  }
  return {steps.begin(), steps.end()};
}

/// Reads rows of "step, columns..." into a table.
class TableReader {
 public:
  TableReader(SQLite::Database& connection, std::int64_t run, const std::vector<std::string>& columns)
      : columns_(columns),
        query_(connection, "SELECT step" + std::string(columns.empty() ? "" : ", ") + join(columns, ", ") +
                               " FROM records WHERE run = ?1 AND step >= ?2 ORDER BY step LIMIT ?3") {
    query_.bind(1, run);
    table_.columns.resize(columns.size());
  }

  /// At most `limit` rows from `step` on. Returns whether there were so many.
  bool read(std::int64_t step, std::size_t limit) {
    query_.reset();
    query_.bind(2, step);
    query_.bind(3, static_cast<std::int64_t>(limit));
    std::size_t count = 0;
    for (; query_.executeStep(); ++count) add_row();
    return count == limit;
  }

  RecordTable& table() { return table_; }

 private:
  void add_row() {
    const std::int64_t step = query_.getColumn(0).getInt64();
    if (!is_step(step) || (!table_.steps.empty() && step <= table_.steps.back())) return;
    table_.steps.push_back(step);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      table_.columns[i].push_back(number_in(query_.getColumn(static_cast<int>(i) + 1)));
    }
  }

  const std::vector<std::string>& columns_;
  SQLite::Statement query_;
  RecordTable table_;
};

void check_columns(const std::vector<std::string>& columns) {
  for (const std::string& name : columns) {
    const std::vector<std::string>& known = metric_names();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    fail(ErrorKind::kConfig, "columns: expected names such as test_accuracy, found '{}'", name);
  }
}

std::int64_t last_step(SQLite::Database& connection, std::int64_t run) {
  SQLite::Statement query(connection, "SELECT max(step) FROM records WHERE run = ?1");
  query.bind(1, run);
  return query.executeStep() && !query.getColumn(0).isNull() ? query.getColumn(0).getInt64() : -1;
}

}  // namespace

std::int64_t Store::change_counter() const {
  return impl_->database.read(
      [](SQLite::Database& connection) { return connection.execAndGet("PRAGMA data_version").getInt64(); });
}

std::vector<RunMark> Store::marks() const {
  return impl_->database.read([](SQLite::Database& connection) {
    std::vector<RunMark> marks;
    SQLite::Statement query(
        connection, "SELECT number, id, status, reason, step, seconds, replaces, " + annotation_columns() +
                        ", CASE WHEN status = 'running' THEN (SELECT max(step) FROM records WHERE run = number) "
                        "END FROM runs ORDER BY number");
    std::string text;
    while (query.executeStep()) {
      text.clear();
      for (int i = 1; i < query.getColumnCount(); ++i) text += query.getColumn(i).getString() + '\n';
      marks.push_back({query.getColumn(0).getInt64(), checksum_of(text)});
    }
    return marks;
  });
}

std::vector<NumberedRun> Store::numbered_runs(const std::vector<std::int64_t>& numbers) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<NumberedRun> runs;
    SQLite::Statement query(connection, select_runs_sql() + " WHERE runs.number = ?1");
    for (const std::int64_t number : numbers) {
      query.reset();
      query.bind(1, number);
      try {
        if (query.executeStep()) runs.push_back({number, read_run(query), ""});
      } catch (const Error& error) {
        runs.push_back({number, {}, error.what()});
      }
    }
    return runs;
  });
}

std::vector<std::int64_t> Store::numbers(const std::string& where) const {
  RunCondition condition;
  const std::string sql = select_described_sql("number", where, condition);
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<std::int64_t> numbers;
    SQLite::Statement query(connection, sql);
    bind_values(query, condition.values);
    while (query.executeStep()) numbers.push_back(query.getColumn(0).getInt64());
    return numbers;
  });
}

void Store::visit_outlines(const std::vector<RecordsAfter>& runs,
                           const std::function<void(std::size_t, const Record&)>& visit) const {
  impl_->database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection,
                            "SELECT step, train_accuracy, test_accuracy, test_loss, norm FROM records WHERE run = ?1 "
                            "AND step > ?2 ORDER BY step");
    Record record;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      query.reset();
      query.bind(1, runs[i].number);
      query.bind(2, runs[i].step);
      while (query.executeStep()) {
        record.step = query.getColumn(0).getInt64();
        if (!is_step(record.step)) continue;
        record.train.accuracy = number_in(query.getColumn(1));
        record.test.accuracy = number_in(query.getColumn(2));
        record.test.loss = number_in(query.getColumn(3));
        record.norm = number_in(query.getColumn(4));
        visit(i, record);
      }
    }
  });
}

RecordTable Store::record_table(const std::string& id, const std::vector<std::string>& columns, std::int64_t after,
                                std::size_t points) const {
  check_columns(columns);
  return impl_->database.read([&](SQLite::Database& connection) {
    const std::int64_t number = run_number(connection, directory(), id);
    TableReader all(connection, number, columns);
    if (!all.read(after + 1, points + 1) || all.table().steps.empty()) return std::move(all.table());
    TableReader some(connection, number, columns);
    for (const std::int64_t step : spread_steps(all.table().steps.front(), last_step(connection, number), points)) {
      some.read(step, 1);
    }
    return std::move(some.table());
  });
}

std::vector<Record> Store::sampled_records(const std::string& id, std::size_t points) const {
  const std::string where = fmt::format("store {}: run {}", directory().string(), id);
  return impl_->database.read([&](SQLite::Database& connection) {
    const std::int64_t number = run_number(connection, directory(), id);
    std::vector<Record> records;
    SQLite::Statement query(connection, select_some_records_sql());
    query.bind(1, number);
    const auto read = [&](std::int64_t step, std::size_t limit) {
      query.reset();
      query.bind(2, step);
      query.bind(3, static_cast<std::int64_t>(limit));
      while (query.executeStep()) {
        Record record = read_record(query, 0, where);
        if (records.empty() || record.step > records.back().step) records.push_back(std::move(record));
      }
    };
    read(0, points + 1);
    if (records.size() <= points) return records;
    const std::int64_t first = records.front().step;
    records.clear();
    for (const std::int64_t step : spread_steps(first, last_step(connection, number), points)) read(step, 1);
    return records;
  });
}

}  // namespace groklab
