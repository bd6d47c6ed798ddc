// Three publications on how long grokking takes, which disagree.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::delay_exponents {

Study study();

}  // namespace groklab::studies::delay_exponents
