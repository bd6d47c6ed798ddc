// See training_process.h.
#include "groklab/serve/training_process.h"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <vector>

#include "groklab/base/printable.h"
#include "groklab/files/lock_holder.h"
#include "groklab/serve/http.h"

namespace groklab::serve {
namespace {

std::vector<std::string> command_line(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/cmdline", process), std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

/// A process, so that a signal reaches it or nobody, even if its number is given to another meanwhile.
class ProcessHandle {
 public:
  explicit ProcessHandle(pid_t process) : descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))) {}
  ~ProcessHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  ProcessHandle(const ProcessHandle&) = delete;
  ProcessHandle& operator=(const ProcessHandle&) = delete;
  bool interrupt() const {
    return descriptor_ >= 0 && ::syscall(SYS_pidfd_send_signal, descriptor_, SIGINT, nullptr, 0) == 0;
  }

 private:
  int descriptor_;
};

}  // namespace

std::optional<TrainingProcess> find_training_process(const std::filesystem::path& store, const std::string& run) {
  const pid_t process = lock_holder((store / "locks" / run).string());
  if (process == 0) return std::nullopt;
  const std::vector<std::string> words = command_line(process);
  TrainingProcess found{process, "", false};
  if (words.empty()) return found;
  // What a process calls itself is shown to people: as much of it as a line holds, without control characters.
  const std::string program = printable_line(std::filesystem::path(words[0]).filename().string(), 100);
  found.command = program;
  if (program != "groklab" || words.size() < 2) return found;
  const std::string& what = words[1];
  found.stoppable = what == "train" || what == "resume" || what == "fork";
  found.command += " " + printable_line(what, 100);
  return found;
}

void ask_to_end(const std::filesystem::path& store, const std::string& run) {
  const std::optional<TrainingProcess> found = find_training_process(store, run);
  if (!found) throw HttpError(409, fmt::format("run {}: no process that can be seen from here trains it", run));
  if (!found->stoppable) {
    throw HttpError(409, fmt::format("run {} is trained by process {} ({}), which does more than that: stop it there",
                                     run, found->process, found->command));
  }
  const ProcessHandle process(found->process);
  const std::optional<TrainingProcess> still = find_training_process(store, run);
  if (!still || still->process != found->process || !still->stoppable || !process.interrupt()) {
    throw HttpError(409, fmt::format("run {}: its training has just ended, or cannot be asked", run));
  }
}

}  // namespace groklab::serve
