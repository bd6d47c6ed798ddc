// What lies in the packs of a store. Read when it is first asked for, and again when a pack came or went. Internal to
// store/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "groklab/store/pack.h"

namespace groklab {

class PackIndex {
 public:
  explicit PackIndex(std::filesystem::path directory) : directory_(std::move(directory)) {}
  PackIndex(PackIndex&& other) noexcept : directory_(std::move(other.directory_)) {}

  /// "folder/name" in the newest pack that holds it, unless its folder was removed since.
  std::optional<StoredFile> find(const std::string& name) const;
  /// The folders of which anything is there.
  std::set<std::string> folders() const;
  std::uint64_t bytes_of(const std::string& folder) const;
  /// From now on nothing of the folder is there. Durable with the next sync. Throws Error(kIo).
  void remove(const std::string& folder) const;

  /// A name for the next pack.
  std::filesystem::path next_pack() const;
  std::filesystem::path removed_file() const { return packs() / "removed"; }
  /// A pack and what is found in it: what newer ones or folders hold, or what was removed, is not.
  struct Use {
    std::filesystem::path path;
    std::uint64_t size = 0;
    std::map<std::string, std::uint64_t> bytes;  ///< of each name
  };
  std::vector<Use> uses() const;
  /// A line for each pack whose directory is damaged.
  std::vector<std::string> faults() const;

 private:
  struct Place {
    int pack = 0;
    std::uint64_t offset = 0, size = 0;
  };

  std::filesystem::path packs() const { return directory_ / "packs"; }
  std::filesystem::path pack_file(int number) const;
  std::set<int> numbers() const;
  void refresh() const;
  void read_packs() const;

  std::filesystem::path directory_;
  mutable std::mutex mutex_;
  mutable std::set<int> read_;  ///< packs that places_ follows from
  mutable std::uintmax_t removed_size_ = 0;
  mutable int last_removed_ = 0;  ///< no number is given again: `removed` would speak of another pack
  mutable std::map<std::string, std::map<std::string, Place>> places_;  ///< folder, name
  mutable std::vector<std::string> faults_;
};

}  // namespace groklab
