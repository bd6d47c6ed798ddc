// The one exception type of the library. Expected outcomes (a run that diverges, a budget that is reached) are values,
// never exceptions.
#pragma once

#include <stdexcept>
#include <string>

namespace groklab {

/// What kind of request failed; the command line maps every kind but kInternal to exit code 2.
enum class ErrorKind {
  kConfig,    ///< a configuration key or value
  kInput,     ///< a file that the user gave
  kStore,     ///< the run store: newer schema, locked, unknown run
  kIo,        ///< the operating system: disk full, permission
  kInternal,  ///< a defect of groklab
};

/// Thrown for set-up and I/O errors. what() is one line: where, what was expected, what was found. Whatever names and
/// bytes of others it holds, it is valid UTF-8 without control characters of at most 480 bytes.
class Error : public std::runtime_error {
 public:
  /// Escapes what is not fit for a terminal or a log; a longer `message` loses its middle.
  Error(ErrorKind kind, const std::string& message);
  /// What kind of request failed.
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace groklab
