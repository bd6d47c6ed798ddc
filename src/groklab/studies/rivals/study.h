// What explains grokking? Rival accounts of the delay on the same runs.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::rivals {

Study study();

}  // namespace groklab::studies::rivals
