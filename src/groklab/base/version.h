// The version of groklab: project(VERSION) of CMakeLists.txt, its one source.
#pragma once

namespace groklab {

/// For example "0.1.0".
const char* version();

}  // namespace groklab
