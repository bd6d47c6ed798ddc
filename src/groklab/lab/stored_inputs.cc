// See stored_inputs.h. A copy lies at inputs/DIGEST/NAME: the name stays, because the task is named after it.
#include "groklab/lab/stored_inputs.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "groklab/base/error.h"
#include "groklab/config/input_files.h"
#include "groklab/files/file_io.h"
#include "groklab/task.h"
#include "groklab/task/input_file.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

/// A stored configuration may come from others: neither its digest nor its file's name leads out of the store.
fs::path copy_of(const Store& store, const std::string& path, const std::string& digest) {
  const fs::path name = fs::path(path).filename();
  if (digest.find_first_not_of("0123456789abcdef") != std::string::npos || name == ".." || name == "." ||
      name.empty()) {
    fail(ErrorKind::kStore, "store: expected a file and the digest of its contents, found {} and {}", path, digest);
  }
  for (const fs::path& folder : {store.directory() / "inputs", store.directory() / "inputs" / digest}) {
    std::error_code ignored;
    if (fs::is_symlink(folder, ignored)) {
      fail(ErrorKind::kStore, "{}: expected a folder of the store, found a symbolic link", folder.string());
    }
  }
  return store.directory() / "inputs" / digest / fs::path(path).filename();
}

void keep(const Store& store, const char* key, const std::string& path, const std::string& digest) {
  if (path.empty() || digest.empty()) return;
  const fs::path copy = copy_of(store, path, digest);
  if (fs::exists(copy)) return;
  const std::string bytes = read_input_file(key, path);
  check_digest(key, path, bytes, digest);
  make_directories(copy.parent_path(), Durability::kSync);
  write_file(copy, bytes, Durability::kSync, Links::kReplace);
}

bool has_contents(const char* key, const std::string& path, const std::string& digest) {
  try {
    return file_digest(key, path) == digest;
  } catch (const Error&) {
    return false;
  }
}

void find(const Store& store, const char* key, std::string& path, const std::string& digest) {
  if (path.empty() || digest.empty() || has_contents(key, path, digest)) return;
  const fs::path copy = copy_of(store, path, digest);
  // Without a copy the path stays, for the message that tells what is wrong with it.
  if (fs::exists(copy)) path = fs::absolute(copy).lexically_normal().string();
}

}  // namespace

void keep_inputs(const Store& store, const Config& config) {
  visit_input_files(config, [&](const char* key, const std::string& path, const std::string& digest) {
    keep(store, key, path, digest);
  });
}

void find_inputs(const Store& store, Config& config) {
  visit_input_files(
      config, [&](const char* key, std::string& path, const std::string& digest) { find(store, key, path, digest); });
}

}  // namespace groklab
