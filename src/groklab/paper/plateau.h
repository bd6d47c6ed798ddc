// How a training run from scratch ended: grokked, on a plateau, not at all, or cut off by its budget.
#pragma once

#include <span>

#include "groklab/record/record.h"

namespace groklab::paper {

/// Text reaches the disk: "grokked", "plateau", "none", "unfinished".
enum class Ending {
  kGrokked,  ///< test accuracy >= 0.95 at the end
  kPlateau,  ///< between 0.2 and 0.95, reached after fitting, and level: within 0.05 over the last third of the steps
  kNone,     ///< below 0.2
  kUnfinished,  ///< between 0.2 and 0.95 and still moving: censored
};
const char* ending_name(Ending ending);

Ending classify_ending(std::span<const Record> records);

}  // namespace groklab::paper
