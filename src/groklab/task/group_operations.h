// Operations in a finite group: product, conjugate, sandwich.
#pragma once

#include <vector>

#include "groklab/task/operation.h"

namespace groklab {

const std::vector<OperationDescriptor>& group_descriptors();

}  // namespace groklab
