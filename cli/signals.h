// Ctrl-C, SIGTERM and a closed terminal: the first asks training to save and end, one that comes
// half a second later or more ends the program at once. A reader of the output that goes away (SIGPIPE) asks the same
// as the first.
#pragma once

#include <atomic>

namespace groklab::cli {

/// Installs the handlers and returns the flag that the first signal sets.
const std::atomic<bool>& catch_interrupts();

}  // namespace groklab::cli
