// The only place that writes to standard output and standard error. Nothing here throws: a full disk behind a log or a
// reader that went away ends no training. What came from files is escaped (base/printable.h) and lines are cut.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace groklab::cli {

/// At the start of the program: closed standard streams are opened, so that no file of ours gets their numbers and
/// receives what is meant for people; a file that may not grow is an error of the write, not a signal.
void prepare_streams();

/// A text for people on standard output, and at once there.
void print_text(std::string_view text);
/// The same, bytes as they are: data for other programs. Escaped where standard output is a terminal.
void print_data(std::string_view bytes);
/// One line on standard error, at most 500 bytes.
void print_note_line(std::string_view line);
/// The same behind the program's name: an error.
void print_error(std::string_view message);
/// What of a store could not be read, as one line: the first, and how many more `groklab store verify` lists. Nothing
/// without any.
void print_damaged(const std::vector<std::string>& lines);
/// Draws `line` over the present line of the terminal at standard error; end_live_line goes to the next.
void draw_live_line(std::string_view line);
void end_live_line();

template <typename... Args>
void print_out(fmt::format_string<Args...> format, Args&&... args) {
  print_text(fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void print_note(fmt::format_string<Args...> format, Args&&... args) {
  print_note_line(fmt::format(format, std::forward<Args>(args)...));
}

/// Columns of the terminal at a stream such as STDOUT_FILENO; 80 where there is none.
std::size_t terminal_width(int stream);

/// Why standard output could not take what was printed, once for all; "" if it took everything.
std::string output_failure();

}  // namespace groklab::cli
