// Files that are written: their permissions, links, directories, and places that cannot be written.
#include "groklab/files/file_io.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>

#include "groklab/base/error.h"
#include "groklab/files/failing_sync_test.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

class FileIoTest : public ::testing::Test {
 protected:
  static std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static unsigned mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  static std::string error_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIo);
      return error.what();
    }
    return "";
  }
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator());
  }

  TemporaryDirectory directory_;
};

// Catches: a private file that everybody can read once it was written anew (0600 became 0644).
TEST_F(FileIoTest, AReplacedFileKeepsItsPermissions) {
  const fs::path file = directory_.path() / "page.html";
  write_file(file, "old", Durability::kNoSync);
  for (const unsigned mode : {0600u, 0640u, 0444u, 0755u}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    write_file(file, "new", Durability::kNoSync);
    EXPECT_EQ(mode_of(file), mode);
  }
  EXPECT_EQ(text_of(file), "new");
  const mode_t before = ::umask(077);
  write_file(directory_.path() / "fresh", "x", Durability::kNoSync);
  ::umask(before);
  EXPECT_EQ(mode_of(directory_.path() / "fresh"), 0600u) << "a new file follows the umask";
}

TEST_F(FileIoTest, LinksAreFollowedOrReplacedAsAsked) {
  const fs::path target = directory_.path() / "target", link = directory_.path() / "link";
  write_file(target, "precious", Durability::kNoSync);
  fs::create_symlink(target, link);
  write_file(link, "mine", Durability::kNoSync, Links::kReplace);
  EXPECT_EQ(text_of(target), "precious");
  EXPECT_FALSE(fs::is_symlink(link));
  fs::remove(link);
  fs::create_symlink(target, link);
  write_file(link, "mine", Durability::kNoSync);
  EXPECT_EQ(text_of(target), "mine");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(files(), 2) << "no temporary stays";
}

TEST_F(FileIoTest, DirectoriesAreMadeWithThoseAbove) {
  const fs::path deep = directory_.path() / "a" / "b" / "c";
  make_directories(deep, Durability::kSync);
  make_directories(deep, Durability::kSync);
  EXPECT_TRUE(fs::is_directory(deep));
  make_directories(directory_.path() / "d/", Durability::kNoSync);
  EXPECT_TRUE(fs::is_directory(directory_.path() / "d"));
  write_file(directory_.path() / "file", "", Durability::kNoSync);
  EXPECT_NE(error_of([&] { make_directories(directory_.path() / "file" / "x", Durability::kSync); }), "");
}

// Catches: a place that is found unwritable only when the work is done; a probe that leaves something behind.
TEST_F(FileIoTest, APlaceIsTriedBeforeTheWork) {
  const fs::path file = directory_.path() / "result.csv";
  check_writable(file);
  EXPECT_EQ(files(), 0);
  write_file(file, "old", Durability::kNoSync);
  check_writable(file);
  EXPECT_EQ(text_of(file), "old");
  EXPECT_NE(error_of([&] { check_writable(directory_.path() / "none" / "x"); }), "");
  EXPECT_NE(error_of([&] { check_writable(directory_.path()); }), "");
  const fs::path pipe = directory_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  check_writable(pipe);  // and waits for no reader
  EXPECT_EQ(files(), 2);
}

// Catches: a name that the disk could not take, and a program that says that all is well.
TEST_F(FileIoTest, AFolderThatCannotBeSyncedIsToldUnlessItsFileSystemSyncsNone) {
  const fs::path file = directory_.path() / "file", folder = directory_.path() / "folder";
  const std::function<void()> writers[] = {
      [&] { write_file(file, "text", Durability::kSync); },
      [&] { sync_file(file); },
      [&] { sync_file(directory_.path()); },
      [&] {
        fs::remove(folder);
        make_directories(folder, Durability::kSync);
      },
  };
  for (const std::function<void()>& write : writers) {
    {
      const FailingSync disk(directory_.path(), EIO);
      EXPECT_EQ(error_of(write), directory_.path().string() + ": cannot be written: Input/output error");
      EXPECT_EQ(disk.failures(), 1);
    }
    for (const int unable : {EINVAL, EBADF, ENOTSUP}) {
      const FailingSync disk(directory_.path(), unable);
      EXPECT_EQ(error_of(write), "");
      EXPECT_EQ(disk.failures(), 1);
    }
  }
  const FailingSync disk(file, EINVAL);  // a regular file has no such excuse
  EXPECT_EQ(error_of(writers[1]), file.string() + ": cannot be written: Invalid argument");
}

}  // namespace
}  // namespace groklab
