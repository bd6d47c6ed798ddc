// See terminal.h.
#include "terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "groklab/base/printable.h"

namespace groklab::cli {
namespace {

/// errno of the first write to standard output that failed. Atomic: sweeps print from another thread.
std::atomic<int> output_error{0};

void put_out(std::string_view bytes) {
  if (output_error.load() != 0) return;  // half a text is worse than none, and a full disk is not asked again
  errno = 0;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
  if (!written || std::fflush(stdout) != 0) output_error.store(errno != 0 ? errno : EIO);
}

/// Errors of standard error have nowhere to go.
void put_err(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

void prepare_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
    // The wrong way round, so that a write fails (and is noticed) instead of vanishing.
    const int opened = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (opened >= 0 && opened != stream) ::close(opened);
  }
  std::signal(SIGXFSZ, SIG_IGN);
}

void print_text(std::string_view text) { put_out(printable(text)); }

void print_data(std::string_view bytes) {
  if (::isatty(STDOUT_FILENO) != 0) return print_text(bytes);
  put_out(bytes);
}

void print_note_line(std::string_view line) { put_err(printable_line(line) + "\n"); }

void print_error(std::string_view message) { put_err("groklab: " + printable_line(message) + "\n"); }

void print_damaged(const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  const std::size_t more = lines.size() - 1;
  print_error(more == 0 ? lines[0] : fmt::format("{}; {} more: groklab store verify lists them", lines[0], more));
}

void draw_live_line(std::string_view line) { put_err("\r" + printable(line) + "\x1b[K"); }

void end_live_line() { put_err("\n"); }

std::size_t terminal_width(int stream) {
  winsize size = {};
  if (::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string output_failure() {
  if (std::ferror(stdout) != 0 && output_error.load() == 0) output_error.store(EIO);  // CLI11's help
  const int error = output_error.load();
  return error == 0 ? "" : fmt::format("standard output: cannot write: {}", std::strerror(error));
}

}  // namespace groklab::cli
