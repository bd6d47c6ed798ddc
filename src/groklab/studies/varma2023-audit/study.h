// What a sceptical reader of the reproduction asked for and its locked claims could not answer: more networks for
// D_crit, an observation of it that no fit of a transition makes, parents that store rows, and where plateaus stand.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::varma2023_audit {

Study study();

}  // namespace groklab::studies::varma2023_audit
