// Doshi et al. 2023: on partly wrong labels one network holds a memorising and a generalising circuit, and one can be
// cut out.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::doshi2023 {

Study study();

}  // namespace groklab::studies::doshi2023
