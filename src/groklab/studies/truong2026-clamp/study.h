// Truong 2026: the weight norm, held by force, sets how long grokking takes.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::truong2026_clamp {

Study study();

}  // namespace groklab::studies::truong2026_clamp
