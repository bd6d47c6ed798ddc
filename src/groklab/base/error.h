// How the library throws its one exception type: formatted messages and checks of preconditions.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "groklab/error.h"

namespace groklab {

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
