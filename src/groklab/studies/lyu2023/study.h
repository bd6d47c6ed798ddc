// Lyu et al. 2023: large initial weights and small weight decay provably make a network generalise late.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::lyu2023 {

Study study();

}  // namespace groklab::studies::lyu2023
