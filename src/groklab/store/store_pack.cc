// Many small files become few large ones: Store::pack.
#include <sys/stat.h>

#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/run_log.h"
#include "groklab/store/store_impl.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDone =
    " status IN ('finished', 'stopped', 'diverged') AND replaces IS NULL AND id NOT IN "
    "(SELECT replaces FROM runs WHERE replaces IS NOT NULL)";

/// Runs whose own files are removed under one lock for writing: some seconds on a busy disk.
constexpr std::size_t kRemovedAtOnce = 2000;

/// What a file was when it was read: one that changed since stays.
struct FileStamp {
  std::int64_t size = -1, seconds = 0, nanoseconds = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

FileStamp stamp_of(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return {status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

class Packing {
 public:
  Packing(Database& database, const std::atomic<bool>* interrupt, std::uint64_t pack_bytes)
      : database_(database), files_(database.files()), interrupt_(interrupt), pack_bytes_(pack_bytes) {}

  PackReport run() {
    write_missing_run_files();
    find_needed();
    const std::vector<PackIndex::Use> wasted = wasted_packs();
    for (const std::string& folder : loose_folders()) {
      if (is_interrupted()) return abandon();
      add_folder(folder);
      if (pack_ && pack_->size() >= pack_bytes_) publish();
    }
    publish();  // what was loose is newer than what packs hold of it
    for (const PackIndex::Use& old : wasted) {
      for (const auto& [name, bytes] : old.bytes) {
        if (is_interrupted()) return abandon();
        if (needed_.contains(name)) add_packed(name, old.path);
        if (pack_ && pack_->size() >= pack_bytes_) publish();
      }
    }
    publish();
    for (const PackIndex::Use& old : wasted) {
      if (kept_.contains(old.path)) continue;  // something in it could not be read, and stays
      std::error_code ignored;
      fs::remove(old.path, ignored);
    }
    return std::move(report_);
  }

 private:
  bool is_interrupted() const { return interrupt_ != nullptr && interrupt_->load(); }
  PackReport abandon() {
    report_.interrupted = true;
    return std::move(report_);
  }

  void write_missing_run_files() {
    constexpr std::size_t kBatch = 100;
    std::vector<std::int64_t> missing;
    database_.read([&](SQLite::Database& connection) {
      SQLite::Statement query(connection, std::string("SELECT number, folder FROM runs WHERE") + kDone);
      while (query.executeStep()) {
        const std::string folder = query.getColumn(1).getString();
        if (is_plain_word(folder) && !is_there(files_.find_run_file(folder))) {
          missing.push_back(query.getColumn(0).getInt64());
        }
      }
    });
    for (std::size_t first = 0; first < missing.size() && !is_interrupted(); first += kBatch) {
      database_.write(Durability::kSync, [&](SQLite::Database& connection) {
        for (std::size_t i = first; i < std::min(missing.size(), first + kBatch); ++i) {
          write_run_file(database_, connection, missing[i], Durability::kNoSync);
        }
      });
    }
  }

  /// Finished runs with files of their own.
  std::vector<std::string> loose_folders() const {
    return database_.read([&](SQLite::Database& connection) {
      std::vector<std::string> folders;
      SQLite::Statement query(connection, std::string("SELECT folder FROM runs WHERE") + kDone + " ORDER BY number");
      while (query.executeStep()) {
        const std::string folder = query.getColumn(0).getString();
        std::error_code none;
        if (is_plain_word(folder) && fs::is_directory(files_.run_folder(folder), none)) folders.push_back(folder);
      }
      return folders;
    });
  }

  /// What rows speak of.
  void find_needed() {
    database_.read([&](SQLite::Database& connection) {
      SQLite::Statement runs(connection, "SELECT folder FROM runs");
      while (runs.executeStep()) needed_.insert(runs.getColumn(0).getString() + "/run.rows");
      SQLite::Statement states(connection,
                               "SELECT folder, checkpoints.step FROM checkpoints JOIN runs ON run = number");
      while (states.executeStep()) {
        needed_.insert(
            fmt::format("{}/step-{}.safetensors", states.getColumn(0).getString(), states.getColumn(1).getInt64()));
      }
    });
  }

  std::vector<PackIndex::Use> wasted_packs() const {
    std::vector<PackIndex::Use> wasted;
    const std::vector<std::string> faults = files_.packs().faults();
    for (PackIndex::Use& use : files_.packs().uses()) {
      bool is_damaged = false;
      for (const std::string& fault : faults) is_damaged = is_damaged || fault.starts_with(use.path.string());
      std::uint64_t used = 0;
      for (const auto& [name, bytes] : use.bytes) used += needed_.contains(name) ? bytes : 0;
      if (used < use.size / 2 || is_damaged) wasted.push_back(std::move(use));
    }
    return wasted;
  }

  void add_folder(const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> contents;  // name, bytes
    std::map<fs::path, FileStamp> stamps;
    std::error_code none;
    try {
      for (const auto& entry : fs::directory_iterator(files_.run_folder(folder), none)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("waiting-")) return;
        if (!is_packable(name) || !entry.is_regular_file(none)) continue;
        stamps[entry.path()] = stamp_of(entry.path());
        contents.emplace_back(name, checked_bytes(files_.find(folder, name), name));
      }
    } catch (const Error& error) {
      return report_.damaged.push_back(fmt::format("left where it is: {}", error.what()));
    }
    if (contents.empty()) return;
    for (const auto& [name, bytes] : contents) add(folder + "/" + name, bytes);
    moving_[folder] = std::move(stamps);
  }

  void add_packed(const std::string& name, const fs::path& pack) {
    const std::optional<StoredFile> stored = files_.packs().find(name);
    if (!stored || stored->path != pack) return;
    try {
      add(name, checked_bytes(*stored, name.substr(name.find('/') + 1)));
    } catch (const Error& error) {
      kept_.insert(stored->path);
      report_.damaged.push_back(fmt::format("left where it is: {}", error.what()));
    }
  }

  static bool is_packable(const std::string& name) { return name.starts_with("step-") || name == "run.rows"; }

  /// Nothing damaged is carried on.
  static std::string checked_bytes(const StoredFile& file, const std::string& name) {
    if (name.starts_with("step-")) {
      read_checkpoint_file(file);
    } else {
      InputFile input(file.path, file.offset, file.size);
      const RunFileEnd end = read_run_file(input, file.name, [](const auto&, bool) {});
      if (!end.fault.empty()) fail(ErrorKind::kInput, "{}: {}", file.name, end.fault);
    }
    return read_stored_file(file);
  }

  void add(const std::string& name, const std::string& bytes) {
    if (!pack_) {
      make_directories(files_.directory() / "packs", Durability::kSync);
      pack_ = std::make_unique<PackWriter>(files_.packs().next_pack());
    }
    pack_->add(name, bytes);
    ++report_.files;
    report_.bytes += bytes.size();
  }

  /// Under the lock for writing nobody changes a run's files; it is left again and again, so that trainings can write.
  void publish() {
    if (!pack_) return;
    pack_->publish();
    pack_.reset();
    ++report_.packs;
    while (!moving_.empty()) {
      std::vector<std::string> gone;
      database_.write(Durability::kNoSync, [&](SQLite::Database& connection) {
        // Once over all rows, as nothing finds a run by its folder: a query for each of 100,000 took hours.
        const std::set<std::string> done = done_folders(connection);
        for (std::size_t i = 0; i < kRemovedAtOnce && !moving_.empty(); ++i, moving_.erase(moving_.begin())) {
          const auto& [folder, stamps] = *moving_.begin();
          if (done.contains(folder)) {
            remove_loose(folder, stamps);
          } else {
            gone.push_back(folder);
          }
        }
      });
      for (const std::string& folder : gone) files_.packs().remove(folder);
    }
  }

  static std::set<std::string> done_folders(SQLite::Database& connection) {
    SQLite::Statement query(connection, std::string("SELECT folder FROM runs WHERE") + kDone);
    std::set<std::string> folders;
    while (query.executeStep()) folders.insert(query.getColumn(0).getString());
    return folders;
  }

  void remove_loose(const std::string& folder, const std::map<fs::path, FileStamp>& stamps) {
    std::error_code ignored;
    for (const auto& [path, stamp] : stamps) {
      if (stamp_of(path) == stamp) fs::remove(path, ignored);
    }
    fs::remove(files_.run_folder(folder), ignored);  // only if it is empty
    ++report_.runs;
  }

  Database& database_;
  const StoreFiles& files_;
  const std::atomic<bool>* interrupt_;
  std::uint64_t pack_bytes_;
  PackReport report_;
  std::unique_ptr<PackWriter> pack_;
  std::map<std::string, std::map<fs::path, FileStamp>> moving_;  ///< folder: what lies in the pack being written
  std::set<fs::path> kept_;
  std::set<std::string> needed_;
};

}  // namespace

PackReport Store::pack(const std::atomic<bool>* interrupt, std::uint64_t pack_bytes) {
  if (is_read_only()) fail(ErrorKind::kIo, "store {}: it can only be read here", directory().string());
  return Packing(impl_->database, interrupt, pack_bytes).run();
}

std::int64_t Store::loose_runs() const {
  std::error_code none;
  return std::distance(fs::directory_iterator(directory() / "checkpoints", none), fs::directory_iterator());
}

}  // namespace groklab
