// See failing_sync_test.h. The test program's fsync stands before the C library's.
#include "groklab/files/failing_sync_test.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "groklab/base/error.h"

namespace {

std::atomic<ino_t> failing_inode{0};
std::atomic<int> failing_error{0}, failures_so_far{0};

}  // namespace

extern "C" int fsync(int descriptor) {
  struct stat status {};
  if (failing_inode != 0 && ::fstat(descriptor, &status) == 0 && status.st_ino == failing_inode) {
    ++failures_so_far;
    errno = failing_error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace groklab {

FailingSync::FailingSync(const std::filesystem::path& path, int error) {
  struct stat status {};
  require(::stat(path.c_str(), &status) == 0, "a file whose sync is to fail");
  failures_so_far = 0;
  failing_error = error;
  failing_inode = status.st_ino;
}
FailingSync::~FailingSync() { failing_inode = 0; }
int FailingSync::failures() const { return failures_so_far; }

}  // namespace groklab
