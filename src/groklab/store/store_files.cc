// See store_files.h.
#include "groklab/store/store_files.h"

#include <stdlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "groklab/base/error.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpoints = "checkpoints";

/// A folder that is missing, or really one: not a link to one.
void check_folder(const fs::path& folder) {
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(folder, ignored);
  if (status.type() == fs::file_type::not_found || fs::is_directory(status)) return;
  fail(ErrorKind::kStore, "{}: expected a folder of the store, found {}; groklab neither reads nor writes through it",
       folder.string(), fs::is_symlink(status) ? "a symbolic link" : "something else");
}

}  // namespace

bool is_plain_word(const std::string& text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

void check_id(const std::string& id) {
  if (!is_plain_word(id)) {
    fail(ErrorKind::kStore, "store: a run's id must be letters, digits, - and _, found '{}'", id);
  }
}

StoreFiles::StoreFiles(const fs::path& directory) : directory_(directory), packs_(directory) {
  make_directories(directory, Durability::kSync);
}

fs::path StoreFiles::run_folder(const std::string& folder) const {
  check_id(folder);
  const fs::path above = directory_ / kCheckpoints;
  check_folder(above);
  fs::path path = above / folder;
  check_folder(path);
  return path;
}

fs::path StoreFiles::make_run_folder(const std::string& folder, Durability durability) const {
  fs::path path = run_folder(folder);
  make_directories(path, durability);
  return path;
}

fs::path StoreFiles::checkpoint_file(const std::string& folder, std::int64_t step) const {
  return run_folder(folder) / fmt::format("step-{}.safetensors", step);
}

fs::path StoreFiles::run_file(const std::string& folder) const { return run_folder(folder) / "run.rows"; }

StoredFile StoreFiles::find(const std::string& folder, const std::string& name) const {
  const fs::path path = run_folder(folder) / name;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error) return {path, 0, size, false, path.string()};
  if (std::optional<StoredFile> packed = packs_.find(folder + "/" + name)) return *packed;
  return {path, 0, 0, false, path.string()};
}

StoredFile StoreFiles::find_state(const std::string& folder, std::int64_t step) const {
  return find(folder, checkpoint_file(folder, step).filename().string());
}

StoredFile StoreFiles::find_run_file(const std::string& folder) const {
  return find(folder, run_file(folder).filename().string());
}

bool is_there(const StoredFile& file) {
  std::error_code ignored;
  return fs::is_regular_file(fs::symlink_status(file.path, ignored));
}

void StoreFiles::remove_run_folder(const std::string& folder) const {
  std::error_code ignored;
  fs::remove_all(run_folder(folder), ignored);
  try {
    packs_.remove(folder);
  } catch (const Error&) {
  }
}

void copy_store_file(const std::filesystem::path& from, const std::filesystem::path& to, Durability durability) {
  InputFile input(from);
  std::vector<std::byte> bytes(input.size());
  input.read(bytes);
  make_directories(to.parent_path(), durability);
  const std::span<const std::byte> part = bytes;
  write_file(to, std::span(&part, 1), durability, Links::kReplace);
}

ScratchCopy::ScratchCopy(const fs::path& database) {
  std::string pattern = (fs::temp_directory_path() / "groklab-reading-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    fail(ErrorKind::kIo, "{}: cannot be created: {}", pattern, std::strerror(errno));
  }
  directory_ = pattern;
  try {
    fs::copy_file(database, file());
    const fs::path log = database.string() + "-wal";
    if (fs::exists(log)) fs::copy_file(log, file().string() + "-wal");
  } catch (const fs::filesystem_error& error) {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
    fail(ErrorKind::kIo, "{}: cannot be copied for reading: {}", database.string(), error.code().message());
  }
}

ScratchCopy::~ScratchCopy() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

fs::path ScratchCopy::file() const { return directory_ / "groklab.sqlite"; }

}  // namespace groklab
