// See store.h. The life of runs: creating, finding, removing, their checkpoints. Queries are in store_query.cc.
#include "groklab/store/store.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "groklab/base/utc.h"
#include "groklab/config.h"
#include "groklab/config/engine_identity.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/run_log.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"
#include "groklab/store/stored_json.h"
#include "groklab/version.h"

namespace groklab {
namespace {

/// Of a run that will take another one's place.
constexpr const char* kReplacementSuffix = "-new";

struct StoredRow {
  std::int64_t number = 0;
  std::string folder;
  bool has_states = false;
};

std::optional<StoredRow> find_row(SQLite::Database& connection, const std::string& id) {
  SQLite::Statement query(connection,
                          "SELECT number, folder, EXISTS (SELECT 1 FROM checkpoints WHERE run = number) FROM runs "
                          "WHERE id = ?1");
  query.bind(1, id);
  if (!query.executeStep()) return std::nullopt;
  return StoredRow{query.getColumn(0).getInt64(), query.getColumn(1).getString(), query.getColumn(2).getInt() != 0};
}

/// Removes the row if there is one; its folder joins `folders`, to be removed behind the commit.
void drop_row(SQLite::Database& connection, const std::string& id, std::vector<std::string>& folders) {
  const std::optional<StoredRow> row = find_row(connection, id);
  if (!row) return;
  SQLite::Statement remove(connection, "DELETE FROM runs WHERE number = ?1");
  remove.bind(1, row->number);
  remove.exec();
  if (is_plain_word(row->folder)) folders.push_back(row->folder);
}

/// A run that is to be registered.
struct NewRun {
  std::string id, replaces, machine, config, tensors, instruction_set;
};

/// Returns the name of its folder: one that no other row has, since the old run's states stay while the new one trains.
std::string insert_row(SQLite::Database& connection, const NewRun& run) {
  const std::string created = utc_text(std::chrono::system_clock::now());
  SQLite::Statement insert(connection,
                           "INSERT INTO runs(id, status, created, machine, version, engine, config, tensors, "
                           "instruction_set, replaces, checksum) "
                           "VALUES (?1, 'running', ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, ''), ?10)");
  int place = 1;
  for (const std::string& text : {run.id, created, run.machine, std::string(version()), std::string(engine_identity()),
                                  run.config, run.tensors, run.instruction_set, run.replaces}) {
    insert.bind(place++, text);
  }
  insert.bind(place, run_checksum(created, run.machine, version(), engine_identity(), run.config, run.tensors));
  insert.exec();
  const std::int64_t number = connection.getLastInsertRowid();
  const std::string folder = run.replaces.empty() ? run.id : fmt::format("{}-{}", run.replaces, number);
  SQLite::Statement place_it(connection, "UPDATE runs SET folder = ?2 WHERE number = ?1");
  place_it.bind(1, number);
  place_it.bind(2, folder);
  place_it.exec();
  return folder;
}

}  // namespace

Store::Store(const std::filesystem::path& directory, double wait_seconds)
    : impl_(std::make_unique<Impl>(directory, wait_seconds)) {}

Store::~Store() = default;

const std::filesystem::path& Store::directory() const { return impl_->database.directory(); }
bool Store::is_read_only() const { return impl_->database.is_read_only(); }
void Store::sync() { impl_->database.sync(); }

std::string Store::create_run(const std::string& id, const Config& config, const std::string& machine,
                              const ParameterLayout& layout, bool replace, const std::string& instruction_set) {
  check_id(id);
  nlohmann::json names = nlohmann::json::array();
  for (const TensorSpec& spec : layout.tensors()) names.push_back(spec.name);
  NewRun run = {id, "", machine, stored_json_text(config_to_json(config)), stored_json_text(names), instruction_set};
  std::vector<std::string> folders;
  impl_->database.write(Durability::kNoSync, [&](SQLite::Database& connection) {
    const std::optional<StoredRow> old = find_row(connection, id);
    if (old && !replace) fail(ErrorKind::kStore, "store {}: run {} is already stored", directory().string(), id);
    if (old && old->has_states) {
      run.id += kReplacementSuffix;
      run.replaces = id;
    }
    drop_row(connection, run.id, folders);
    folders.push_back(insert_row(connection, run));
  });
  // Files after rows: if we die in between, nothing points to what is missing, and the next sink removes the rest.
  for (const std::string& folder : folders) impl_->database.files().remove_run_folder(folder);
  return run.id;
}

std::string Store::install(const std::string& id) {
  std::vector<std::string> folders;
  std::string installed = id;
  impl_->database.write(Durability::kSync, [&](SQLite::Database& connection) {
    const std::int64_t number = run_number(connection, directory(), id);
    const Installed result = install_run(connection, number);
    if (!result.id.empty()) write_run_file(impl_->database, connection, number, Durability::kSync);
    if (!result.id.empty()) installed = result.id;
    if (!result.old_folder.empty()) folders.push_back(result.old_folder);
  });
  for (const std::string& folder : folders) impl_->database.files().remove_run_folder(folder);
  return installed;
}

void Store::take_in_waiting(const std::string& id) {
  StoreSink(impl_->database, id, ParameterLayout()).take_in_waiting();
}

void Store::add_instruction_set(const std::string& id, const std::string& name) {
  impl_->database.write(Durability::kSync, [&](SQLite::Database& connection) {
    SQLite::Statement update(connection,
                             "UPDATE runs SET instruction_set = instruction_set || ' + ' || ?2 WHERE id = ?1");
    update.bind(1, id);
    update.bind(2, name);
    update.exec();
  });
}

std::unique_ptr<RecordSink> Store::sink(const std::string& id, const ParameterLayout& layout) {
  return std::make_unique<StoreSink>(impl_->database, id, layout);
}

std::vector<CheckpointInfo> Store::checkpoints(const std::string& id) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<CheckpointInfo> result;
    SQLite::Statement query(connection,
                            "SELECT step, kept, (SELECT folder FROM runs WHERE number = run) "
                            "FROM checkpoints WHERE run = ?1 ORDER BY step");
    query.bind(1, run_number(connection, directory(), id));
    while (query.executeStep()) {
      const std::int64_t step = query.getColumn(0).getInt64();
      if (step < 0 || step > kLastStep) {
        fail(ErrorKind::kStore, "store: run {} is damaged: expected a checkpoint's step of 0 to {}, found {}", id,
             kLastStep, step);
      }
      const std::string folder = query.getColumn(2).getString();
      const StoredFile file = impl_->database.files().find_state(folder, step);
      result.push_back({step, query.getColumn(1).getInt() != 0, file.path, file.offset, file.size});
    }
    return result;
  });
}

TensorFile Store::checkpoint_file(const std::string& id, std::int64_t step) const {
  for (int attempt = 0;; ++attempt) {
    const std::vector<CheckpointInfo> known = checkpoints(id);
    const CheckpointInfo& found = find_checkpoint(known, id, step);
    // A process that trains this run may replace the file between our query and our read: look again.
    if (attempt < 3 && !std::filesystem::exists(found.file)) continue;
    TensorFile file =
        read_checkpoint_file(StoredFile{found.file, found.offset, found.size, found.offset > 0, found.file.string()});
    // A file that stands in another one's place is whole, and all the same the wrong one.
    if (const auto of = file.metadata.find("step");
        of != file.metadata.end() && of->second != std::to_string(found.step)) {
      fail(ErrorKind::kInput, "{}: expected the state at step {}, found that at step {}", found.file.string(),
           found.step, of->second);
    }
    return file;
  }
}

TrainState Store::load_checkpoint(const std::string& id, std::int64_t step, const ParameterLayout& layout) const {
  const std::vector<CheckpointInfo> known = checkpoints(id);
  const CheckpointInfo& found = find_checkpoint(known, id, step);
  return checkpoint_from_file(checkpoint_file(id, step), layout, found.file.string());
}

}  // namespace groklab
