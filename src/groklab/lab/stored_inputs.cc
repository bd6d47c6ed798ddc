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

fs::path copy_of(const Store& store, const std::string& path, const std::string& digest) {
  return store.directory() / "inputs" / digest / fs::path(path).filename();
}

void keep(const Store& store, const char* key, const std::string& path, const std::string& digest) {
  if (path.empty() || digest.empty()) return;
  const fs::path copy = copy_of(store, path, digest);
  if (fs::exists(copy)) return;
  const std::string bytes = read_input_file(key, path);
  check_digest(key, path, bytes, digest);
  std::error_code error;
  fs::create_directories(copy.parent_path(), error);
  if (error) fail(ErrorKind::kIo, "{}: cannot be created: {}", copy.parent_path().string(), error.message());
  write_file(copy, bytes, Durability::kSync);
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
