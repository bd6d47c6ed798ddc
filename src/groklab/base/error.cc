// See groklab/error.h.
#include "groklab/error.h"

#include "groklab/base/printable.h"

namespace groklab {

Error::Error(ErrorKind kind, const std::string& message) : std::runtime_error(printable_line(message)), kind_(kind) {}

}  // namespace groklab
