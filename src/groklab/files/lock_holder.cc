// See lock_holder.h.
#include "groklab/files/lock_holder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace groklab {
namespace {

namespace fs = std::filesystem;

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether an open file of a process carries a lock: having it open is not enough, as who asks for the lock in vain has
/// it open too.
bool is_locked_by(const fs::path& process, const std::string& descriptor) {
  std::ifstream lines(process / "fdinfo" / descriptor);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("lock:") && line.find("FLOCK") != std::string::npos) return true;
  }
  return false;
}

bool holds(const fs::path& process, const struct stat& file) {
  std::error_code error;
  for (fs::directory_iterator entry(process / "fd", error), end; !error && entry != end; entry.increment(error)) {
    struct stat opened {};
    if (::stat(entry->path().c_str(), &opened) != 0) continue;
    if (opened.st_dev != file.st_dev || opened.st_ino != file.st_ino) continue;
    if (is_locked_by(process, entry->path().filename().string())) return true;
  }
  return false;
}

}  // namespace

pid_t lock_holder(const std::string& file) {
  struct stat wanted {};
  if (::lstat(file.c_str(), &wanted) != 0 || !S_ISREG(wanted.st_mode)) return 0;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!is_number(name) || name.size() > 9) continue;
    const pid_t process = std::stoi(name);
    if (process != ::getpid() && holds(entry->path(), wanted)) return process;
  }
  return 0;
}

}  // namespace groklab
