// Replacing a task's true labels: by random ones, or by wrong ones for a fraction of the rows.
#pragma once

#include <cstdint>

#include "groklab/task.h"

namespace groklab {

/// Of a resolved config. Expects the true labels in task.labels; fills task.labels and task.test_labels, and adds the
/// kind to the name. Random labels are true for the run: test_labels follow them. Corrupted labels are wrong while a row is trained on:
/// test_labels stay true, exactly round(fraction * rows) labels differ, and a smaller fraction corrupts a subset of
/// the rows of a larger one, to the same labels.
/// Throws Error(kConfig): random_commutative without two inputs, a fraction outside 0..1.
void apply_labels(Task& task, const TaskConfig& config);

}  // namespace groklab
