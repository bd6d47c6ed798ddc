// How the transition at D_crit goes: what sets the time to ungrok, and whether its two paths end in one state.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::transition_laws {

Study study();

}  // namespace groklab::studies::transition_laws
