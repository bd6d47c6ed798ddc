// The line of a run's identity that names the engine and the version of its arithmetic.
#pragma once

#include <string>
#include <string_view>

#include "groklab/config.h"

namespace groklab {

/// The engine of this build, "cpu/1"; defined in engine/arithmetic.cc, which says when it changes.
std::string engine_identity();

/// The one whose runs have no such line, because they were stored before there was one.
inline constexpr std::string_view kFirstEngineIdentity = "cpu/1";

/// canonical_config for a given engine: a line "engine=cpu/2" joins the others unless it is the first.
std::string canonical_config_for(const Config& config, std::string_view engine);

}  // namespace groklab
