// See file_io.h. POSIX calls, because renaming after a checked write needs errno and fsync.
#include "groklab/files/file_io.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr std::string_view kTemporarySuffix = ".tmp";

[[noreturn]] void fail_write(const std::filesystem::path& path, int error) {
  fail(ErrorKind::kIo, "{}: cannot be written: {}", path.string(), std::strerror(error));
}

/// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

/// Waits until what is open is on the disk. Some file systems cannot sync directories and say so by one of three
/// errors: there no program can do more. Any other error, of a directory too, means that something may be lost.
void sync_descriptor(int descriptor, const std::filesystem::path& path) {
  if (::fsync(descriptor) == 0) return;
  const int error = errno;
  struct stat status {};
  const bool is_directory = ::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
  if (is_directory && (error == EINVAL || error == EBADF || error == ENOTSUP)) return;
  fail_write(path, error);
}

void sync_directory(const std::filesystem::path& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) sync_descriptor(directory.get(), path);
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_write(path, written == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// A file being written under a temporary name; removed again unless it is renamed.
class TemporaryFile {
 public:
  TemporaryFile(const std::filesystem::path& path, Links links) : path_(path) {
    struct stat old {};
    const bool exists = (links == Links::kFollow ? ::stat : ::lstat)(path.c_str(), &old) == 0;
    in_place_ = exists && links == Links::kFollow && !S_ISREG(old.st_mode);
    if (in_place_) {
      descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) fail_write(path_, errno);
      return;
    }
    std::error_code ignored;
    if (exists && links == Links::kFollow && std::filesystem::is_symlink(path, ignored)) {
      path_ = std::filesystem::canonical(path);
    }
    // The process number lets others see whether the writer still lives; the counter separates threads.
    static std::atomic<unsigned> counter{0};
    temporary_ = path_.parent_path() /
                 fmt::format(".{}.{}-{}{}", path_.filename().string(), ::getpid(), counter++, kTemporarySuffix);
    const bool keeps_mode = exists && S_ISREG(old.st_mode);
    const mode_t mode = keeps_mode ? old.st_mode & 0777 : 0644;
    // O_EXCL: a name that somebody put there, perhaps as a link, is not ours.
    ::unlink(temporary_.c_str());
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    descriptor_ = ::open(temporary_.c_str(), flags, keeps_mode ? mode & 0700 : mode);
    if (descriptor_ < 0) fail_write(path_, errno);
    if (!keeps_mode) return;
    if (::fchown(descriptor_, old.st_uid, old.st_gid) != 0) errno = 0;  // another's file becomes ours, as any editor's
    ::fchmod(descriptor_, mode);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!in_place_ && !renamed_) ::unlink(temporary_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::span<const std::byte> bytes) { write_all(descriptor_, bytes, path_); }
  void publish(Durability durability) {
    if (!in_place_ && durability == Durability::kSync) sync_descriptor(descriptor_, path_);
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) fail_write(path_, errno);  // network file systems report a full disk here
    if (in_place_) return;
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_write(path_, errno);
    renamed_ = true;
    if (durability == Durability::kSync) sync_directory(directory_of(path_));
  }

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
  bool in_place_ = false;
  bool renamed_ = false;
};

/// The process number in a temporary's name, or 0 if the name is not one of ours.
int temporary_owner(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kTemporarySuffix)) return 0;
  name.remove_suffix(kTemporarySuffix.size());
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return 0;
  const std::size_t dot = name.rfind('.', dash);
  if (dot == std::string_view::npos) return 0;
  int owner = 0;
  const auto [end, error] = std::from_chars(name.data() + dot + 1, name.data() + dash, owner);
  return error == std::errc() && end == name.data() + dash && owner > 0 ? owner : 0;
}

}  // namespace

void write_file(const std::filesystem::path& path, std::span<const std::span<const std::byte>> parts,
                Durability durability, Links links) {
  TemporaryFile file(path, links);
  for (const std::span<const std::byte> part : parts) file.write(part);
  file.publish(durability);
}

void write_file(const std::filesystem::path& path, const std::string& text, Durability durability, Links links) {
  const std::span<const std::byte> part = std::as_bytes(std::span(text.data(), text.size()));
  write_file(path, std::span(&part, 1), durability, links);
}

void append_file(const std::filesystem::path& path, std::uintmax_t size, std::string_view bytes,
                 Durability durability) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) fail_write(path, errno);
  if (!S_ISREG(status.st_mode) || static_cast<std::uintmax_t>(status.st_size) < size) {
    fail(ErrorKind::kIo, "{}: expected a file of {} bytes or more", path.string(), size);
  }
  const auto end = static_cast<off_t>(size);
  if (status.st_size > end && ::ftruncate(file.get(), end) != 0) fail_write(path, errno);
  if (::lseek(file.get(), end, SEEK_SET) != end) fail_write(path, errno);
  write_all(file.get(), std::as_bytes(std::span(bytes)), path);
  if (durability == Durability::kSync) sync_descriptor(file.get(), path);
}

void sync_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return;
  sync_descriptor(file.get(), path);
  sync_directory(directory_of(path));
}

struct OutputFile::Impl {
  Impl(const std::filesystem::path& path, Links links) : file(path, links) {}
  TemporaryFile file;
};

OutputFile::OutputFile(const std::filesystem::path& path, Links links) : impl_(std::make_unique<Impl>(path, links)) {}
OutputFile::~OutputFile() = default;
void OutputFile::write(std::string_view bytes) { impl_->file.write(std::as_bytes(std::span(bytes))); }
void OutputFile::publish(Durability durability) { impl_->file.publish(durability); }

void make_directories(const std::filesystem::path& directory, Durability durability) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return;
  const std::filesystem::path parent = directory_of(directory.has_filename() ? directory : directory.parent_path());
  if (parent != directory) make_directories(parent, durability);
  error.clear();
  std::filesystem::create_directory(directory, error);
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored)) {
    const std::string why = error ? error.message() : std::string("not a directory");
    fail(ErrorKind::kIo, "{}: the directory cannot be created: {}", directory.string(), why);
  }
  if (durability == Durability::kSync) sync_directory(parent);
}

void check_writable(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) fail_write(path, EISDIR);
    if (::access(path.c_str(), W_OK) != 0) fail_write(path, errno);
    return;  // opening a named pipe would wait for its reader
  }
  const TemporaryFile probe(path, Links::kFollow);
}

void remove_stale_temporaries(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const int owner = temporary_owner(entry.path().filename().string());
    if (owner == 0 || ::kill(owner, 0) == 0 || errno != ESRCH) continue;
    std::error_code ignored;
    std::filesystem::remove(entry.path(), ignored);
  }
}

InputFile::InputFile(const std::filesystem::path& path) : name_(path.string()) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer; it is refused below.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) fail(ErrorKind::kInput, "{}: cannot be opened: {}", name_, std::strerror(errno));
  struct stat status {};
  const bool regular = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  if (!regular) {
    ::close(descriptor_);
    fail(ErrorKind::kInput, "{}: expected a regular file", name_);
  }
  size_ = static_cast<std::size_t>(status.st_size);
}

InputFile::InputFile(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size) : InputFile(path) {
  if (offset > size_ || size > size_ - offset) {
    fail(ErrorKind::kInput, "{}: expected {} bytes from {} on, found {} in all", name_, size, offset, size_);
  }
  if (::lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) < 0) {
    fail(ErrorKind::kInput, "{}: cannot be read: {}", name_, std::strerror(errno));
  }
  size_ = size;
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::span<std::byte> destination) {
  while (!destination.empty()) {
    const ssize_t count = ::read(descriptor_, destination.data(), destination.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(ErrorKind::kInput, "{}: cannot be read: {}", name_, std::strerror(errno));
    if (count == 0) fail(ErrorKind::kInput, "{}: ended while it was read", name_);
    destination = destination.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace groklab
