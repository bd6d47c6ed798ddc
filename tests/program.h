// Runs the built groklab program in a directory of its own, for tests of the whole.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace groklab {

struct ProgramResult {
  int code = -1;   ///< exit code; -1 if a signal ended it
  int signal = 0;  ///< that signal
  std::string out, err;
};

/// A fresh working directory, removed at the end.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;

  /// Runs `groklab ARGUMENTS` here and waits. `file_limit` > 0: no file can grow beyond so many bytes, which is what a
  /// full disk looks like.
  ProgramResult run(const std::vector<std::string>& arguments, std::size_t file_limit = 0) const;
  /// Runs a line of the shell here, in which $GROKLAB is the program; out.txt and err.txt take what it does not
  /// redirect.
  ProgramResult shell(const std::string& line) const;
  /// The same as run, but sends `signal` after `seconds` if it still runs, `times` in a row. The seconds count from
  /// when the program catches the signal.
  ProgramResult run_and_signal(const std::vector<std::string>& arguments, int signal, double seconds,
                               int times = 1) const;

  /// Starts `groklab ARGUMENTS` here, to be ended by a signal and finish(). Its output is in out.txt and err.txt.
  pid_t start(const std::vector<std::string>& arguments, std::size_t file_limit = 0) const;
  /// Waits for it.
  ProgramResult finish(pid_t child) const;

 private:
  pid_t start_words(std::vector<std::string> words, std::size_t file_limit) const;

  std::filesystem::path path_;
};

}  // namespace groklab
