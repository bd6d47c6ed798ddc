// See geometry.h.
#include "groklab/probe/geometry.h"

#include <cmath>
#include <limits>
#include <vector>

#include "groklab/base/random.h"

namespace groklab {
namespace {

struct Moments {
  double n = 0, sum = 0, squares = 0;
  void add(double v) {
    n += 1;
    sum += v;
    squares += v * v;
  }
  double deviation() const { return n > 0 ? std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n))) : 0.0; }
};

}  // namespace

Symmetricity gradient_symmetricity(Engine& engine, const Task& task, bool tied_embeddings, std::int64_t samples) {
  const TensorSpec& embedding = engine.layout().at("embed.W_E");
  const std::int64_t d_model = embedding.shape[1];
  RandomStream stream(2, StreamPurpose::kProbe);
  Symmetricity result;
  double sum = 0;
  for (std::int64_t attempt = 0; attempt < 10 * samples && result.samples < samples; ++attempt) {
    const auto row = static_cast<std::int64_t>(stream.next_below(static_cast<std::uint64_t>(task.n_rows)));
    const auto c = static_cast<std::int64_t>(stream.next_below(static_cast<std::uint64_t>(task.n_classes)));
    const std::int64_t x = task.inputs[static_cast<std::size_t>(2 * row)];
    const std::int64_t y = task.inputs[static_cast<std::size_t>(2 * row + 1)];
    if (x == y || (tied_embeddings && (c == x || c == y))) continue;
    const std::vector<double> gradient = engine.logit_gradient(row, c);
    const double* of_x = gradient.data() + embedding.offset + x * d_model;
    const double* of_y = gradient.data() + embedding.offset + y * d_model;
    double xy = 0, xx = 0, yy = 0;
    for (std::int64_t i = 0; i < d_model; ++i) {
      xy += of_x[i] * of_y[i];
      xx += of_x[i] * of_x[i];
      yy += of_y[i] * of_y[i];
    }
    if (!(xx > 0 && yy > 0)) continue;
    sum += xy / std::sqrt(xx * yy);
    ++result.samples;
  }
  result.mean =
      result.samples > 0 ? sum / static_cast<double>(result.samples) : std::numeric_limits<double>::quiet_NaN();
  return result;
}

double distance_irrelevance(const TaskGroup& group, const Task& task, std::span<const double> logits) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (!group.is_product()) return none;
  std::vector<double> correct(static_cast<std::size_t>(task.n_rows));
  double centre = 0;  // moments about the mean lose no digits
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto r = static_cast<std::size_t>(row);
    const double* of_row = logits.data() + row * task.n_classes;
    double mean = 0;
    for (std::int64_t c = 0; c < task.n_classes; ++c) mean += of_row[c];
    correct[r] = of_row[task.test_labels[r]] - mean / static_cast<double>(task.n_classes);
    centre += correct[r] / static_cast<double>(task.n_rows);
  }
  std::vector<Moments> at(static_cast<std::size_t>(group.group.order));
  Moments all;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto r = static_cast<std::size_t>(row);
    if (group.factor_x[r] < 0 || group.factor_y[r] < 0) continue;
    const auto distance =
        static_cast<std::size_t>(group.group.product(group.factor_x[r], group.group.inverse(group.factor_y[r])));
    at[distance].add(correct[r] - centre);
    all.add(correct[r] - centre);
  }
  double mean = 0, distances = 0;
  for (const Moments& m : at) {
    if (m.n == 0) continue;
    mean += m.deviation();
    distances += 1;
  }
  return all.deviation() > 0 ? mean / distances / all.deviation() : none;
}

}  // namespace groklab
