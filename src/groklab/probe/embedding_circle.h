// Embeddings of a cyclic group's symbols in the plane of one frequency, where a network that adds angles has a circle.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "groklab/probe/task_group.h"
#include "groklab/task.h"

namespace groklab {

/// The plane of frequency k is spanned by the sums over g of (w_g - mean) cos(2 pi k g / n) and the same with the sine:
/// the two directions that carry this frequency (Nanda et al. 2023, progress measures).
struct EmbeddingCircle {
  std::string frequency;           ///< k
  double fraction = 0;             ///< of the embeddings' squared norm, their mean removed, that lies in the plane
  std::vector<std::string> names;  ///< symbols in the order k g mod n: neighbours on the circle
  std::vector<double> x, y;        ///< [symbols], in the unit of the embedding
};

/// `embedding` is [rows, width] with a row for each symbol at least; `frequencies` are 1 to n / 2. Frequencies with one
/// direction only (n / 2) are left out, as are symbols that stand for no element. Empty unless the group is cyclic.
std::vector<EmbeddingCircle> embedding_circles(const Task& task, const std::optional<TaskGroup>& group,
                                               std::span<const double> embedding, std::int64_t width,
                                               std::span<const std::int64_t> frequencies);

}  // namespace groklab
