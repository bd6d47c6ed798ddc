// What a person or a program sees while a run trains: a live line, plain lines, JSON lines, or nothing.
#pragma once

#include <memory>

#include "groklab/lab/run_training.h"

namespace groklab::cli {

enum class ViewKind { kAutomatic, kQuiet, kJson };

/// Automatic: one redrawn line if standard error is a terminal that can, else plain lines there. JSON goes to
/// standard output, one object per line.
std::unique_ptr<RunObserver> make_training_view(ViewKind kind);

}  // namespace groklab::cli
