// Tian 2025: how many rows of a group's table a network must see before it finds the rule.
#pragma once

#include "groklab/studies/study.h"

namespace groklab::studies::tian2025 {

Study study();

}  // namespace groklab::studies::tian2025
