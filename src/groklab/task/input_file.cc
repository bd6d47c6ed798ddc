// Reading and naming the user's files.
#include "groklab/task/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "groklab/base/error.h"
#include "groklab/task.h"

namespace groklab {

std::string read_input_file(const std::string& key, const std::string& path) {
  if (path.empty()) fail(ErrorKind::kConfig, "{}: expected the path of a file, found \"\"", key);
  // A pipe would let us wait for ever, and a device has no end. O_NONBLOCK: opening waits for nobody either.
  constexpr std::size_t kLargest = 500'000'000;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    fail(ErrorKind::kInput, "{}: expected a readable file, found {}: {}", key, path, std::strerror(errno));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(descriptor, "rb"), std::fclose);
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    fail(ErrorKind::kInput, "{}: expected a readable file, found {}, which is a device or a pipe", key, path);
  }
  std::string bytes;
  char buffer[1 << 16];
  std::size_t count = 0;
  while ((count = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    bytes.append(buffer, count);
    if (bytes.size() > kLargest) {
      fail(ErrorKind::kInput, "{}: expected a file of at most {} bytes, found more in {}", key, kLargest, path);
    }
  }
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
