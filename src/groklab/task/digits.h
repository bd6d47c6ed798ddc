// Small images of handwritten digits, which the library carries: a task whose rules are not known.
#pragma once

#include <cstdint>

#include "groklab/task/operation.h"

namespace groklab {

inline constexpr std::int64_t kDigitCount = 1797, kDigitPixels = 64, kDigitLevels = 17;

/// Each image as kDigitPixels letters from 'a' on and its digit; source and licence: digits_data.cc.
extern const char* const kDigitLines[kDigitCount];

const OperationDescriptor& digits_operation();

}  // namespace groklab
