// Liu et al. 2022: grokking as a matter of the norm at which a network starts.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::liu2022_omnigrok {

Study study();

}  // namespace groklab::studies::liu2022_omnigrok
