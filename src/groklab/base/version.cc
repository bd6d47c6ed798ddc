// See version.h. CMake defines GROKLAB_VERSION for this file alone, so that a new version compiles one file again.
#include "groklab/version.h"

namespace groklab {

const char* version() { return GROKLAB_VERSION; }

const char* compiler_name() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#elif defined(__GNUC__)
  return "GCC " __VERSION__;
#else
  return "unknown";
#endif
}

}  // namespace groklab
