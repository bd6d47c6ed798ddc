// Ungrokking and efficiency where no weight decay acts: other penalties, a capped norm, dropout, nothing at all.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::beyond_decay {

Study study();

}  // namespace groklab::studies::beyond_decay
