// See version.h. CMake defines GROKLAB_VERSION for this file alone, so that a new version compiles one file again.
#include "groklab/base/version.h"

namespace groklab {

const char* version() { return GROKLAB_VERSION; }

}  // namespace groklab
