// See store.h. The life of runs: creating, finding, removing, their checkpoints. Queries are in store_query.cc.
#include "groklab/store/store.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>

#include "groklab/config.h"
#include "groklab/config/engine_identity.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"
#include "groklab/version.h"

namespace groklab {
namespace {

std::string utc_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = milliseconds / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, milliseconds % 1000);
}

/// Ids become folder names, so they must be plain words.
void check_id(const std::string& id) {
  const bool plain = !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  if (!plain) fail(ErrorKind::kStore, "store: a run's id must be letters, digits, - and _, found '{}'", id);
}

void delete_row(SQLite::Database& connection, const std::string& id) {
  SQLite::Statement remove(connection, "DELETE FROM runs WHERE id = ?1");
  remove.bind(1, id);
  remove.exec();
}

}  // namespace

Store::Store(const std::filesystem::path& directory, double wait_seconds)
    : impl_(std::make_unique<Impl>(directory, wait_seconds)) {}

Store::~Store() = default;

const std::filesystem::path& Store::directory() const { return impl_->database.directory(); }

void Store::create_run(const std::string& id, const Config& config, const std::string& machine,
                       const ParameterLayout& layout, bool replace) {
  check_id(id);
  nlohmann::json names = nlohmann::json::array();
  for (const TensorSpec& spec : layout.tensors()) names.push_back(spec.name);
  const std::string config_text = config_to_json(config).dump();

  impl_->database.write(Durability::kNoSync, [&](SQLite::Database& connection) {
    if (replace) delete_row(connection, id);
    SQLite::Statement insert(connection,
                             "INSERT INTO runs(id, status, created, machine, version, engine, config, tensors) "
                             "VALUES (?1, 'running', ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(id) DO NOTHING");
    insert.bind(1, id);
    insert.bind(2, utc_now());
    insert.bind(3, machine);
    insert.bind(4, version());
    insert.bind(5, engine_identity());
    insert.bind(6, config_text);
    insert.bind(7, names.dump());
    if (insert.exec() == 0) fail(ErrorKind::kStore, "store {}: run {} is already stored", directory().string(), id);
  });
  // Files after rows: if we die in between, nothing points to what is missing, and the next sink removes the rest.
  impl_->remove_files(id);
}

std::unique_ptr<RecordSink> Store::sink(const std::string& id, const ParameterLayout& layout) {
  return std::make_unique<StoreSink>(impl_->database, id, layout);
}

std::vector<CheckpointInfo> Store::checkpoints(const std::string& id) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<CheckpointInfo> result;
    SQLite::Statement query(connection, "SELECT step, kept FROM checkpoints WHERE run = ?1 ORDER BY step");
    query.bind(1, run_number(connection, directory(), id));
    while (query.executeStep()) {
      const std::int64_t step = query.getColumn(0).getInt64();
      result.push_back({step, query.getColumn(1).getInt() != 0, impl_->database.checkpoint_file(id, step)});
    }
    return result;
  });
}

TrainState Store::load_checkpoint(const std::string& id, std::int64_t step, const ParameterLayout& layout) const {
  for (int attempt = 0;; ++attempt) {
    const std::vector<CheckpointInfo> known = checkpoints(id);
    const CheckpointInfo& found = find_checkpoint(known, id, step);
    // A process that trains this run may replace the file between our query and our read: look again.
    if (attempt < 3 && !std::filesystem::exists(found.file)) continue;
    return checkpoint_from_file(read_safetensors(found.file), layout, found.file.string());
  }
}

}  // namespace groklab
