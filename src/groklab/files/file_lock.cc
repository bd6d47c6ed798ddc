// See file_lock.h.
#include "groklab/files/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "groklab/base/error.h"

namespace groklab {

int try_lock_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) fail(ErrorKind::kIo, "{}: cannot open the lock: {}", file, std::strerror(errno));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  const int reason = errno;
  ::close(descriptor);
  if (reason == EWOULDBLOCK) return -1;
  fail(ErrorKind::kIo, "{}: cannot lock: {}", file, std::strerror(reason));
}

}  // namespace groklab
