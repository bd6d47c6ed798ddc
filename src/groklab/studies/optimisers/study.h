// Which optimiser groks soonest, each at its best learning rate?
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::optimisers {

Study study();

}  // namespace groklab::studies::optimisers
