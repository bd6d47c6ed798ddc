// Loss, accuracy, correct logit and margin of any logits: of a whole network or of a part of it.
#pragma once

#include <span>

#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// Cross-entropy, accuracy, correct logit and margin of logits [n_rows, n_classes] on training (`test` = false) or
/// other rows. NaN where there are none.
PartMetrics part_metrics(const Task& task, const Split& split, std::span<const double> logits, bool test);

}  // namespace groklab
