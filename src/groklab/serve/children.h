// Trainings that this server began: each a process of its own, which the store sees as it sees any other.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace groklab::serve {

class Children {
 public:
  /// `most`: at a time.
  Children(std::filesystem::path program, std::size_t most) : program_(std::move(program)), most_(most) {}
  /// Asks all of them to save and end, and waits for it.
  ~Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  /// Starts the program with these arguments for a run. Throws HttpError 409 if the run is trained here already or
  /// `most` are, 503 if no process can be started.
  void start(const std::string& run, const std::vector<std::string>& arguments);
  /// Asks the run's training to save and end. Returns false if it is not trained here.
  bool stop(const std::string& run);
  bool is_running(const std::string& run);
  /// The process that trains a run; 0 if none here does.
  pid_t process(const std::string& run);
  std::size_t count();
  /// Takes note of those that ended.
  void reap();
  /// What the run's last training here said before it failed, one line; "" if it did not fail.
  std::string failure(const std::string& run);
  /// Asks all to end; waits at most so long for them.
  void stop_all(std::chrono::seconds wait);

 private:
  struct Child {
    pid_t process = 0;
    int errors = -1;  ///< what it writes on standard error, a file in memory
  };
  void reap_locked();
  void note_end(const std::string& run, const Child& child, int status);

  std::filesystem::path program_;
  std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, Child> running_;
  std::map<std::string, std::string> failures_;
};

}  // namespace groklab::serve
