// How the network combines its two inputs: "clock" or "pizza" (Zhong et al. 2023, "The clock and the pizza").
#pragma once

#include <span>

#include "groklab/engine/engine.h"
#include "groklab/probe/task_group.h"
#include "groklab/task.h"

namespace groklab {

struct Symmetricity {
  double mean = 0;  ///< NaN without samples
  std::int64_t samples = 0;
};

/// Mean cosine of d L[row, c] / d E[x] and d L[row, c] / d E[y] over `samples` random rows with x != y and random
/// classes (with tied embeddings, classes other than x and y). Near 1: the inputs are added before anything else, as in
/// the pizza. The same samples every time.
Symmetricity gradient_symmetricity(Engine& engine, const Task& task, bool tied_embeddings, std::int64_t samples);

/// Mean over distances d = x y'^-1 of the standard deviation of correct logits (the mean over classes removed) among
/// rows of that distance, over the standard deviation among all rows. Near 0: only the distance matters, as in the
/// pizza. NaN if labels are no product or all logits are equal.
double distance_irrelevance(const TaskGroup& group, const Task& task, std::span<const double> logits);

}  // namespace groklab
