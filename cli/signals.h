// Ctrl-C, SIGTERM and a closed terminal: the first asks training to save and end, the second ends the program at once.
#pragma once

#include <atomic>

namespace groklab::cli {

/// Installs the handlers and returns the flag that the first signal sets.
const std::atomic<bool>& catch_interrupts();

}  // namespace groklab::cli
