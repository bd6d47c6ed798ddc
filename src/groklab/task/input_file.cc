// Reading and naming the user's files.
#include "groklab/task/input_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "groklab/base/error.h"
#include "groklab/task.h"

namespace groklab {

std::string read_input_file(const std::string& key, const std::string& path) {
  if (path.empty()) fail(ErrorKind::kConfig, "{}: expected the path of a file, found \"\"", key);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) fail(ErrorKind::kInput, "{}: expected a readable file, found {}: {}", key, path, std::strerror(errno));
  std::string bytes;
  char buffer[1 << 16];
  std::size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) bytes.append(buffer, count);
  // A folder can be opened but not read.
  if (std::ferror(file.get()) != 0) {
    fail(ErrorKind::kInput, "{}: expected a readable file, found {}: {}", key, path, std::strerror(errno));
  }
  return bytes;
}

void check_digest(const std::string& key, const std::string& path, std::string_view bytes,
                  const std::string& expected) {
  if (expected.empty()) return;
  const std::string found = digest_of(bytes);
  if (found == expected) return;
  fail(ErrorKind::kInput, "{}: {} changed since the run was stored: expected digest {}, found {}", key, path, expected,
       found);
}

std::string file_digest(const std::string& key, const std::string& path) {
  return digest_of(read_input_file(key, path));
}

}  // namespace groklab
