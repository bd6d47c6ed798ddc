// The identity of a run: canonical text of its configuration, and the name made from it.
#pragma once

#include <string>

#include "groklab/config.h"

namespace groklab {

/// The text behind canonical_config, of resolved values.
std::string canonical_text(Config resolved);
/// A run's name made from its canonical text.
std::string identity_digest(const std::string& text);

}  // namespace groklab
