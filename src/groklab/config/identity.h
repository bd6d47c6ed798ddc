// The identity of a run: canonical text of its configuration, and the name made from it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "groklab/config.h"

namespace groklab {

/// The text behind canonical_config, of resolved values, for an engine and version of its arithmetic ("cpu/1"; the
/// first one is left out, so that it renames no run).
std::string canonical_text(const Config& resolved, std::string_view engine);
/// The lines of it whose key is wanted, without version and engine.
std::string canonical_lines(const Config& resolved, const std::function<bool(std::string_view key)>& wanted);
/// A run's name made from its canonical text.
std::string identity_digest(const std::string& text);

}  // namespace groklab
