// See children.h.
#include "groklab/serve/children.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "groklab/serve/http.h"

extern char** environ;

namespace groklab::serve {
namespace {

constexpr std::chrono::seconds kLongestEnd{60};  ///< of a training that was asked to save and end
constexpr std::size_t kMostFailures = 100;

/// The attributes and actions with which a child starts, freed at the end.
class Spawning {
 public:
  explicit Spawning(int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
#if __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);  // sockets of clients just accepted
#endif
    posix_spawnattr_init(&attributes_);
    // A group of its own: Ctrl-C at the terminal asks the server, and the server its children. Signals as they are at
    // the start of a program: in the background of a script SIGINT would be ignored, and nothing could stop a run.
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none, standard;
    sigemptyset(&none);
    sigemptyset(&standard);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&standard, signal);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &standard);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  /// Returns 0 or what went wrong.
  int run(pid_t& process, const std::string& program, const std::vector<std::string>& arguments) {
    std::vector<char*> words = {const_cast<char*>("groklab")};
    for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    return ::posix_spawn(&process, program.c_str(), &actions_, &attributes_, words.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

/// The last line of what a child wrote.
std::string last_line(int file) {
  char buffer[2048];
  const off_t size = ::lseek(file, 0, SEEK_END);
  const off_t from = size > static_cast<off_t>(sizeof(buffer)) ? size - static_cast<off_t>(sizeof(buffer)) : 0;
  const ssize_t count = ::pread(file, buffer, sizeof(buffer), from);
  std::string text(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Children::~Children() { stop_all(kLongestEnd); }

void Children::start(const std::string& run, const std::vector<std::string>& arguments) {
  const std::lock_guard lock(mutex_);
  reap_locked();
  if (running_.contains(run)) throw HttpError(409, fmt::format("run {} is being trained here already", run));
  if (running_.size() >= most_) {
    throw HttpError(409, fmt::format("{} runs are being trained here, as many as may be at a time", running_.size()));
  }
  Child child;
  child.errors = ::memfd_create("groklab", MFD_CLOEXEC);
  int error = child.errors < 0 ? errno : 0;
  if (error == 0) error = Spawning(child.errors).run(child.process, program_.string(), arguments);
  if (error != 0) {
    if (child.errors >= 0) ::close(child.errors);
    throw HttpError(503, fmt::format("no process for the training of run {}: {}", run, std::strerror(error)));
  }
  failures_.erase(run);
  running_.emplace(run, child);
}

bool Children::stop(const std::string& run) {
  const std::lock_guard lock(mutex_);
  reap_locked();
  const auto child = running_.find(run);
  return child != running_.end() && ::kill(child->second.process, SIGINT) == 0;
}

bool Children::is_running(const std::string& run) {
  const std::lock_guard lock(mutex_);
  reap_locked();
  return running_.contains(run);
}

pid_t Children::process(const std::string& run) {
  const std::lock_guard lock(mutex_);
  reap_locked();
  const auto child = running_.find(run);
  return child == running_.end() ? 0 : child->second.process;
}

std::size_t Children::count() {
  const std::lock_guard lock(mutex_);
  reap_locked();
  return running_.size();
}

void Children::reap() {
  const std::lock_guard lock(mutex_);
  reap_locked();
}

std::string Children::failure(const std::string& run) {
  const std::lock_guard lock(mutex_);
  const auto failure = failures_.find(run);
  return failure == failures_.end() ? "" : failure->second;
}

void Children::note_end(const std::string& run, const Child& child, int status) {
  constexpr int kInterrupted = 130;  // asked to, and saved
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (code != 0 && code != kInterrupted) {
    const std::string line = last_line(child.errors);
    if (failures_.size() >= kMostFailures) failures_.erase(failures_.begin());
    failures_[run] = line.empty() ? fmt::format("the training of run {} ended with code {}", run, code) : line;
  }
  ::close(child.errors);
}

void Children::reap_locked() {
  for (auto child = running_.begin(); child != running_.end();) {
    int status = 0;
    const pid_t ended = ::waitpid(child->second.process, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) {
      ++child;
      continue;
    }
    note_end(child->first, child->second, status);
    child = running_.erase(child);
  }
}

void Children::stop_all(std::chrono::seconds wait) {
  {
    const std::lock_guard lock(mutex_);
    reap_locked();
    for (const auto& [run, child] : running_) ::kill(child.process, SIGINT);
  }
  const auto end = std::chrono::steady_clock::now() + wait;
  while (count() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace groklab::serve
