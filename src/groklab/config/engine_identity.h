// The line of a run's identity that names the engine and the version of its arithmetic.
#pragma once

#include <string>
#include <string_view>

namespace groklab {

/// The engine of this build, "cpu/1"; defined in engine/arithmetic.cc, which says when it changes.
std::string engine_identity();

/// The one whose runs have no such line, because they were stored before there was one.
inline constexpr std::string_view kFirstEngineIdentity = "cpu/1";

}  // namespace groklab
