// See program.h. (Named _test so that it is built into the tests alone.)
#include "program.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace groklab {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void redirect(const char* file, int descriptor) {
  const int opened = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (opened < 0 || dup2(opened, descriptor) < 0) _exit(99);
  close(opened);
}

}  // namespace

Workplace::Workplace() {
  std::string name = (std::filesystem::temp_directory_path() / "groklab-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

Workplace::~Workplace() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Workplace::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
}

std::string Workplace::read(const std::string& name) const { return read_file(path_ / name); }

ProgramResult Workplace::run(const std::vector<std::string>& arguments, std::size_t file_limit) const {
  return finish(start(arguments, file_limit));
}

ProgramResult Workplace::shell(const std::string& line) const {
  return finish(start_words({"/bin/sh", "-c", line}, 0));
}

namespace {

/// Whether a process has a handler for the signal by now; Linux tells.
bool catches(pid_t process, int signal) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("SigCgt:", 0) == 0) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
  }
  return true;  // nobody tells
}

}  // namespace

ProgramResult Workplace::run_and_signal(const std::vector<std::string>& arguments, int signal, double seconds,
                                        int times) const {
  const pid_t child = start(arguments, 0);
  siginfo_t info = {};
  const auto wait_until = [&](auto&& reached) {
    while (!reached()) {
      info.si_pid = 0;
      waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT);
      if (info.si_pid == child) return;  // over before the signal
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  };
  // On a busy machine, and under a sanitizer, it may take longer than these seconds until the program begins.
  using Clock = std::chrono::steady_clock;
  const auto latest = Clock::now() + std::chrono::seconds(30);
  wait_until([&] { return signal == SIGKILL || catches(child, signal) || Clock::now() >= latest; });
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  wait_until([&] { return Clock::now() >= end; });
  for (int i = 0; i < times && info.si_pid != child; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // or the system joins them
    kill(child, signal);
  }
  return finish(child);
}

pid_t Workplace::start(const std::vector<std::string>& arguments, std::size_t file_limit) const {
  std::vector<std::string> words = {GROKLAB_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return start_words(std::move(words), file_limit);
}

pid_t Workplace::start_words(std::vector<std::string> words, std::size_t file_limit) const {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  if (chdir(path_.c_str()) != 0) _exit(99);
  redirect("out.txt", STDOUT_FILENO);
  redirect("err.txt", STDERR_FILENO);
  unsetenv("GROKLAB_STORE");
  setenv("GROKLAB", GROKLAB_BINARY, 1);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE})
    signal(number, SIG_DFL);  // a background job would inherit them ignored
  if (file_limit > 0) {
    const rlimit limit = {file_limit, file_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);  // the write fails instead, as on a full disk
  }
  execv(words[0].c_str(), pointers.data());
  _exit(99);
}

ProgramResult Workplace::finish(pid_t child) const {
  int status = 0;
  waitpid(child, &status, 0);
  ProgramResult result;
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  result.out = read("out.txt");
  result.err = read("err.txt");
  return result;
}

}  // namespace groklab
