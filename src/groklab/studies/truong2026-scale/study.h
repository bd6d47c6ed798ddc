// Truong 2026: it is not the norm, it is the logit scale that it sets.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::truong2026_scale {

Study study();

}  // namespace groklab::studies::truong2026_scale
