// A pack: many small files of finished runs in one file, readable in place. Internal to store/. Format:
// docs/formats/store.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/files/file_io.h"

namespace groklab {

/// Bytes of a store: a file of its own, or a part of a pack.
struct StoredFile {
  std::filesystem::path path;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool is_packed = false;

  /// For messages: "packs/000001.pack, run/step-5.safetensors" or the path.
  std::string name;
};

/// All bytes. Throws Error(kInput).
std::string read_stored_file(const StoredFile& file);

struct PackEntry {
  std::string name;          ///< "folder/step-5.safetensors"
  std::uint64_t offset = 0;  ///< of its bytes
  std::uint64_t size = 0;
  std::int64_t checksum = 0;  ///< XXH3-64 of its bytes
};

/// Files go in one after another; without publish() nothing is there.
class PackWriter {
 public:
  explicit PackWriter(const std::filesystem::path& path);
  void add(const std::string& name, std::string_view bytes);
  std::uint64_t size() const { return size_; }
  /// Whole and on the disk afterwards.
  void publish();

 private:
  void write(std::string_view bytes);

  OutputFile file_;
  std::uint64_t size_ = 0;
  std::vector<PackEntry> entries_;
};

/// What a pack holds, from the directory at its end. Throws Error(kInput) if that is damaged.
std::vector<PackEntry> read_pack_directory(const std::filesystem::path& path);
/// The same from the heads before each entry, up to the first that is damaged: for a pack whose directory is.
std::vector<PackEntry> scan_pack(const std::filesystem::path& path);

}  // namespace groklab
