// See arithmetic.h.
#include "groklab/engine/arithmetic.h"

#include <fmt/format.h>

namespace groklab {

std::string engine_identity() { return fmt::format("{}/{}", kEngineName, kArithmeticVersion); }

}  // namespace groklab
