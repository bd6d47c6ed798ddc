// The one exception type of the library, and the checks that throw it.
// Expected outcomes (a run that diverges, a budget that is reached) are values, never exceptions.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace groklab {

/// What kind of request failed; the command line maps every kind but kInternal to exit code 2.
enum class ErrorKind {
  kConfig,    ///< a configuration key or value
  kInput,     ///< a file that the user gave
  kStore,     ///< the run store: newer schema, locked, unknown run
  kIo,        ///< the operating system: disk full, permission
  kInternal,  ///< a defect of groklab
};

/// Thrown for set-up and I/O errors. what() is one line: where, what was expected, what was found.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// Throws Error(kind) with a formatted one-line message.
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

/// Throws an internal error if a precondition that callers must keep does not hold.
inline void require(bool condition, const char* what) {
  if (!condition) throw Error(ErrorKind::kInternal, std::string("internal: ") + what);
}

}  // namespace groklab
