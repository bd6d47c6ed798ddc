// How a training run from scratch ended: grokked, on a plateau, not at all, or cut off by its budget.
#pragma once

#include "groklab/studies/training_curve.h"

namespace groklab::studies {

inline constexpr double kGrokkedAccuracy = 0.95;  ///< test accuracy from which a run counts as grokked
inline constexpr double kMiddlingAccuracy = 0.2;  ///< below it the run did not generalise at all
inline constexpr double kLevelWithin = 0.05;      ///< a plateau moves by no more over the last third of the steps

/// Text reaches the disk: "grokked", "plateau", "none", "unfinished".
enum class Ending {
  kGrokked,     ///< test accuracy >= kGrokkedAccuracy at the end
  kPlateau,     ///< between kMiddlingAccuracy and kGrokkedAccuracy, and level
  kNone,        ///< below kMiddlingAccuracy
  kUnfinished,  ///< between them and still moving: censored
};
const char* ending_name(Ending ending);

Ending classify_ending(const TrainingCurve& curve);

}  // namespace groklab::studies
