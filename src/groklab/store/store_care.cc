// See store_care.h.
#include "groklab/store/store_care.h"

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/store/annotation.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/run_copy.h"
#include "groklab/store/run_file.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/waiting_file.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;
using Kind = StoreFault::Kind;

/// The error's line; "" if there is none.
template <typename Action>
std::string complaint_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class Inspection {
 public:
  Inspection(SQLite::Database& connection, const StoreFiles& files) : connection_(connection), files_(files) {}

  std::vector<StoreFault> run() {
    look_at_database();
    SQLite::Statement query(connection_, select_runs_sql() + " ORDER BY runs.number");
    SQLite::Statement names(connection_, "SELECT number, folder FROM runs ORDER BY number");
    std::set<std::string> folders;
    while (query.executeStep() && names.executeStep()) {
      const std::int64_t number = names.getColumn(0).getInt64();
      const std::string folder = names.getColumn(1).getString();
      const std::string id = query.getColumn(0).getString();
      const std::string complaint = complaint_of([&] { read_run(query); });
      // A run with a damaged last record is no damaged run.
      const bool is_record = complaint.find(": the record at step") != std::string::npos;
      if (!complaint.empty() && !is_record) {
        add({Kind::kRun, complaint, number, -1,
             is_plain_word(folder) ? files_.directory() / "checkpoints" / folder : fs::path()});
      }
      look_at_records(number, id);
      look_at_probes(number, id);
      look_at_states(number, id, folder);
      if (complaint.empty()) look_at_run_file(number, id, folder);
      folders.insert(folder);
    }
    for (const std::string& line : annotation_faults(connection_)) add({Kind::kAnnotation, line, -1, -1, {}});
    look_at_folders(folders);
    look_at_inputs();
    return std::move(faults_);
  }

 private:
  void add(StoreFault fault) { faults_.push_back(std::move(fault)); }

  void look_at_database() {
    SQLite::Statement check(connection_, "PRAGMA integrity_check(20)");
    while (check.executeStep()) {
      const std::string line = check.getColumn(0).getString();
      if (line != "ok") add({Kind::kDatabase, "database: " + line, -1, -1, {}});
    }
  }

  void look_at_records(std::int64_t number, const std::string& id) {
    SQLite::Statement query(connection_, select_records_sql());
    query.bind(1, number);
    while (query.executeStep()) {
      const std::int64_t step = query.getColumn(0).getInt64();
      const std::string complaint = complaint_of([&] { read_record(query, 0, "run " + id); });
      if (!complaint.empty()) add({Kind::kRecord, complaint, number, step, {}});
    }
  }

  void look_at_probes(std::int64_t number, const std::string& id) {
    SQLite::Statement query(connection_, select_probes_sql());
    query.bind(1, number);
    while (query.executeStep()) {
      const std::int64_t step = query.getColumn(0).getInt64();
      const std::string complaint = complaint_of([&] { read_probe_result(query, "run " + id); });
      if (!complaint.empty()) add({Kind::kProbe, complaint, number, step, {}});
    }
  }

  void look_at_states(std::int64_t number, const std::string& id, const std::string& folder) {
    if (!is_plain_word(folder)) return add({Kind::kRun, "run " + id + ": its folder is no plain word", number, -1, {}});
    std::set<fs::path> registered;
    SQLite::Statement query(connection_, "SELECT step FROM checkpoints WHERE run = ?1 ORDER BY step");
    query.bind(1, number);
    while (query.executeStep()) {
      const std::int64_t step = query.getColumn(0).getInt64();
      const std::string complaint = complaint_of([&] {
        const StoredFile stored = files_.find_state(folder, step);
        const fs::path file = stored.path;
        registered.insert(file);
        const TensorFile read = read_checkpoint_file(stored);
        const auto found = read.metadata.find("step");
        if (found == read.metadata.end() || found->second != std::to_string(step)) {
          fail(ErrorKind::kInput, "{}: expected the state at step {}, found another", file.string(), step);
        }
      });
      if (complaint.empty()) continue;
      std::error_code none;
      const fs::path file = files_.directory() / "checkpoints" / folder / fmt::format("step-{}.safetensors", step);
      add({Kind::kState, fmt::format("run {}: state at step {}: {}", id, step, complaint), number, step, file});
    }
    std::error_code none;
    int waiting = 0;
    for (const auto& entry : fs::directory_iterator(files_.directory() / "checkpoints" / folder, none)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("waiting-")) ++waiting;
      if (name.starts_with("step-") && !registered.contains(entry.path())) {
        add({Kind::kLeftover, "nothing needs " + entry.path().string(), number, -1, entry.path()});
      }
    }
    if (waiting > 0) {
      add({Kind::kWaiting,
           fmt::format("run {}: {} part{} for the database: groklab resume takes them in", id, waiting,
                       waiting == 1 ? " waits" : "s wait"),
           number,
           -1,
           {}});
    }
  }

  /// Of a run that has ended: one in training is ahead of its file, or behind it. Older runs have none.
  void look_at_run_file(std::int64_t number, const std::string& id, const std::string& folder) {
    if (!is_plain_word(folder)) return;
    const std::string complaint = complaint_of([&] {
      const StoredFile stored = files_.find_run_file(folder);
      if (!is_there(stored)) return;
      const std::string& where = stored.name;
      InputFile file(stored.path, stored.offset, stored.size);
      std::map<std::string, Cell> row;
      const RunFileEnd end = read_run_file(file, where, [&](const auto& sections, bool) {
        for (const RunFileSection& section : sections) {
          if (section.kind != SectionKind::kRow) continue;
          for (const auto& cells : section.rows) {
            for (std::size_t i = 0; i < cells.size(); ++i) row[section.columns[i]] = cells[i];
          }
        }
      });
      SQLite::Statement query(connection_, "SELECT * FROM runs WHERE number = ?1 AND status <> 'running'");
      query.bind(1, number);
      if (!query.executeStep()) return;
      if (!end.fault.empty()) fail(ErrorKind::kInput, "{}: {}", where, end.fault);
      for (int i = 0; i < query.getColumnCount(); ++i) {
        const std::string name = query.getColumnName(i);
        if (row[name] == cell_of(query.getColumn(i))) continue;
        fail(ErrorKind::kInput, "{}: its {} is another than the index says", where, name);
      }
    });
    if (!complaint.empty()) add({Kind::kRunFile, fmt::format("run {}: {}", id, complaint), number, -1, {}});
  }

  void look_at_folders(const std::set<std::string>& known) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(files_.directory() / "checkpoints", none)) {
      if (known.contains(entry.path().filename().string())) continue;
      add({Kind::kLeftover, "nothing needs " + entry.path().string(), -1, -1, entry.path()});
    }
    for (const std::string& fault : files_.packs().faults()) {
      add({Kind::kPack, fault + "; what it holds was found without it", -1, -1, {}});
    }
    for (const std::string& folder : files_.packs().folders()) {
      if (known.contains(folder)) continue;
      add({Kind::kPacked, fmt::format("nothing needs what packs hold of {}", folder), -1, -1, folder});
    }
  }

  void look_at_inputs() {
    std::error_code none;
    for (const auto& folder : fs::directory_iterator(files_.directory() / "inputs", none)) {
      for (const auto& entry : fs::directory_iterator(folder.path(), none)) {
        if (!entry.is_regular_file(none)) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        if (digest_of(bytes) == folder.path().filename().string()) continue;
        add({Kind::kInput, entry.path().string() + ": its contents are not those that its folder is named after", -1,
             -1, entry.path()});
      }
    }
  }

  SQLite::Database& connection_;
  const StoreFiles& files_;
  std::vector<StoreFault> faults_;
};

}  // namespace

std::vector<StoreFault> find_faults(SQLite::Database& connection, const StoreFiles& files) {
  return Inspection(connection, files).run();
}

}  // namespace groklab
