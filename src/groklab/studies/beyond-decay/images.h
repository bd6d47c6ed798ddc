// Claim images: a network that reads handwritten digits is put on fewer of them. Are there two circuits, and a size?
#pragma once

#include "groklab/studies/beyond-decay/pressures.h"

namespace groklab::studies::beyond_decay {

/// What a network trained from scratch on the same rows does not have, if anything is kept: five points of accuracy are
/// some 30 of 597 digits that were never seen.
inline constexpr double kKept = 0.05;

PressureSizes image_sizes(const Scale& scale);
Judgement judge_images(const PressureMeasurement& measurement);

Claim claim_images();

}  // namespace groklab::studies::beyond_decay
