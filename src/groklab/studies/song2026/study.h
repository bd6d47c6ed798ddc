// Song and Ye 2026: a network groks where it memorises faster than it
// generalises, which its size decides.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::song2026 {

Study study();

}  // namespace groklab::studies::song2026
