// Tests of lock_holder.
#include "groklab/files/lock_holder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "groklab/files/file_lock.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

/// A process that opens a file, with or without the lock on it, until the end of the test.
class Opener {
 public:
  Opener(const std::string& file, bool with_lock) {
    int ready[2];
    if (::pipe(ready) != 0) std::abort();
    process_ = ::fork();
    if (process_ == 0) {
      const int descriptor = with_lock ? try_lock_file(file) : ::open(file.c_str(), O_RDWR);
      const char answer = descriptor >= 0 ? 'y' : 'n';
      if (::write(ready[1], &answer, 1) == 1) ::pause();
      ::_exit(0);
    }
    char answer = 'n';
    EXPECT_EQ(::read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Opener() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;
  pid_t process() const { return process_; }

 private:
  pid_t process_ = 0;
};

TEST(LockHolder, IsTheProcessWithTheLockNotAnyWithTheFile) {
  const TemporaryDirectory place;
  const std::string file = (place.path() / "lock").string();
  EXPECT_EQ(lock_holder(file), 0);  // no such file
  std::ofstream(file) << "4711\n";  // what a file says of itself does not count
  EXPECT_EQ(lock_holder(file), 0);
  const Opener reader(file, false);
  EXPECT_EQ(lock_holder(file), 0);
  {
    const Opener holder(file, true);
    EXPECT_EQ(lock_holder(file), holder.process());
    std::filesystem::create_symlink(file, place.path() / "link");
    EXPECT_EQ(lock_holder((place.path() / "link").string()), 0);
  }
  EXPECT_EQ(lock_holder(file), 0);
  const int own = try_lock_file(file);
  EXPECT_EQ(lock_holder(file), 0);
  ::close(own);
}

}  // namespace
}  // namespace groklab
