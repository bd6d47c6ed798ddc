// Notsawo et al. 2025: grokking without the Euclidean norm.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::notsawo2025 {

Study study();

}  // namespace groklab::studies::notsawo2025
