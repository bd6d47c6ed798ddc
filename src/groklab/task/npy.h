// Arrays in NumPy's .npy format (versions 1 to 3): lists of integers, and numbers of any shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/task/number_array.h"

namespace groklab {

struct NpyIntegers {
  bool is_bool = false;              ///< a mask rather than numbers
  std::vector<std::int64_t> values;  ///< unsigned 64-bit values above 2^63 - 1 become negative
};

bool looks_like_npy(std::string_view bytes);

/// Throws Error(kInput) for a damaged header, a wrong length, another shape or another element type.
NpyIntegers parse_npy_integers(std::string_view bytes, const std::string& where);

/// Takes the array that `bytes` starts with off them: little-endian integers, bool, float32 or float64 in C order.
/// numpy.save writes several into one file, one behind the other. Throws Error(kInput) as above.
NumberArray take_npy_array(std::string_view& bytes, const std::string& where);

}  // namespace groklab
