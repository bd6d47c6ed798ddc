// Arrays in the IDX format, in which the MNIST digits and data sets of its kind come (LeCun, Cortes and Burges): two
// zero bytes, a byte for the element type, one for the number of dimensions, their lengths as big-endian 32-bit
// numbers, and the elements, big-endian, the last dimension fastest.
#pragma once

#include <string>
#include <string_view>

#include "groklab/task/number_array.h"

namespace groklab {

bool looks_like_idx(std::string_view bytes);

/// Takes the array that `bytes` starts with off them. Throws Error(kInput): no such array, or one that is cut off.
NumberArray take_idx_array(std::string_view& bytes, const std::string& where);

}  // namespace groklab
