// Replacing a task's true labels: by random ones, or by wrong ones for a fraction of the rows.
#pragma once

#include <vector>

#include "groklab/config/component.h"
#include "groklab/task.h"

namespace groklab {

/// Of a resolved config. Expects the true labels in task.labels; fills task.labels and task.test_labels, and adds the
/// kind to the name. Random labels are true for the run: test_labels follow them. Corrupted labels are wrong while a
/// row is trained on: test_labels stay true, exactly round(fraction * rows) labels differ, and a smaller fraction
/// corrupts a subset of the rows of a larger one, to the same labels.
void apply_labels(Task& task, const TaskConfig& config);

/// The keys that labels other than the true ones use.
const std::vector<ComponentSpec>& label_specs();

}  // namespace groklab
