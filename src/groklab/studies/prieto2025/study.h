// Prieto et al. 2025: without weight decay it is the arithmetic of softmax that keeps networks from generalising.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::prieto2025 {

Study study();

}  // namespace groklab::studies::prieto2025
