// Varma et al. (2023), "Explaining grokking through circuit efficiency", as a study of eleven claims.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::varma2023 {

Study study();

}  // namespace groklab::studies::varma2023
