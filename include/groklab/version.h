// Which groklab this is: project(VERSION) of CMakeLists.txt is its one source.
#pragma once

namespace groklab {

/// For example "0.1.0".
const char* version();
/// What compiled the library, for example "GCC 12.2.0".
const char* compiler_name();

}  // namespace groklab
