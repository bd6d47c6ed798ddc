// How a training run from scratch ended: grokked, on a plateau, not at all, or cut off by its budget.
#pragma once

#include "groklab/studies/training_curve.h"

namespace groklab::studies {

inline constexpr double kGrokkedAccuracy = 0.95;  ///< test accuracy from which a run counts as grokked
inline constexpr double kMiddlingAccuracy = 0.2;  ///< below it the run did not generalise at all
inline constexpr double kPlateauBelow = 0.9;      ///< a plateau is middling: nearer to 1 it is grokking with late rows
inline constexpr double kLevelWithin = 0.05;  ///< a plateau moves by no more over the last third of the steps: range,
                                              ///< and the 95 % interval of its slope times their length

/// Train accuracy at which rows count as fitted.
inline constexpr double kFitted = 0.99;

/// Text reaches the disk: "grokked", "plateau", "none", "unfinished".
enum class Ending {
  kGrokked,     ///< test accuracy >= kGrokkedAccuracy at the end
  kPlateau,     ///< between kMiddlingAccuracy and kPlateauBelow, level, the training rows fitted all the while
  kNone,        ///< below kMiddlingAccuracy
  kUnfinished,  ///< above kMiddlingAccuracy and neither of both: censored
};
const char* ending_name(Ending ending);

Ending classify_ending(const TrainingCurve& curve);

}  // namespace groklab::studies
