// Where a store's files lie. Rows and folders may come from others: no name leads out of the store, no link is
// followed. Internal to store/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "groklab/files/file_io.h"
#include "groklab/store/pack_index.h"

namespace groklab {

/// Ids and folders of runs: letters, digits, - and _, at most 100.
bool is_plain_word(const std::string& text);
/// Throws Error(kStore) if it is none.
void check_id(const std::string& id);

class StoreFiles {
 public:
  /// Makes the directory if it is missing; a relative path is taken from here on as it is now. Throws Error(kIo).
  explicit StoreFiles(const std::filesystem::path& directory);

  /// As it was given: for messages and for who asks.
  const std::filesystem::path& directory() const { return directory_; }

  /// The folder of a run's states. Throws Error(kStore) if the name is no plain word, or it or the folder above it is
  /// there and is a symbolic link or no folder.
  std::filesystem::path run_folder(const std::string& folder) const;
  /// The same, made if missing. Throws Error(kIo).
  std::filesystem::path make_run_folder(const std::string& folder, Durability durability) const;
  std::filesystem::path checkpoint_file(const std::string& folder, std::int64_t step) const;
  /// The run's own file (run_file.h).
  std::filesystem::path run_file(const std::string& folder) const;

  /// Where a file of a run's folder can be read: there, or in a pack. One that is nowhere has its place in the folder.
  StoredFile find(const std::string& folder, const std::string& name) const;
  StoredFile find_state(const std::string& folder, std::int64_t step) const;
  StoredFile find_run_file(const std::string& folder) const;
  const PackIndex& packs() const { return packs_; }

  /// The folder with everything in it, and what packs hold of it; errors are ignored: what is left over is removed
  /// another time.
  void remove_run_folder(const std::string& folder) const;

 private:
  std::filesystem::path directory_;
  PackIndex packs_;
};

/// Whether it is there. Links are none of ours.
bool is_there(const StoredFile& file);

/// A file with its bytes, in a folder that is made if missing; links are not followed. Throws Error(kIo|kInput).
void copy_store_file(const std::filesystem::path& from, const std::filesystem::path& to, Durability durability);

/// A copy of a database in a temporary folder that lives as long as the object: for a store that must not be changed
/// and whose write-ahead log or older schema cannot be read otherwise.
class ScratchCopy {
 public:
  /// Copies the database and its write-ahead log. Throws Error(kIo).
  explicit ScratchCopy(const std::filesystem::path& database);
  ~ScratchCopy();
  ScratchCopy(const ScratchCopy&) = delete;
  ScratchCopy& operator=(const ScratchCopy&) = delete;

  std::filesystem::path file() const;

 private:
  std::filesystem::path directory_;
};

}  // namespace groklab
