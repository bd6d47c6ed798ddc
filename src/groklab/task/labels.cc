// Random and corrupted labels.
#include "groklab/task/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

std::int32_t random_label(RandomStream& stream, std::int64_t n_classes) {
  return static_cast<std::int32_t>(stream.next_below(static_cast<std::uint64_t>(n_classes)));
}

void randomize(Task& task, RandomStream& stream) {
  for (std::int32_t& label : task.labels) label = random_label(stream, task.n_classes);
}

void randomize_commutative(Task& task, RandomStream& stream) {
  require(task.n_inputs == 2, "commutative labels are of a binary operation");
  // One draw for each unordered pair, at the first of its rows; tables with gaps may hold only one of the two.
  std::vector<std::int32_t> of_pair(static_cast<std::size_t>(task.n_symbols * task.n_symbols), kNoLabel);
  for (std::size_t row = 0; row < task.labels.size(); ++row) {
    const auto [low, high] = std::minmax(task.inputs[2 * row], task.inputs[2 * row + 1]);
    std::int32_t& label = of_pair[static_cast<std::size_t>(low * task.n_symbols + high)];
    if (label == kNoLabel) label = random_label(stream, task.n_classes);
    task.labels[row] = label;
  }
}

void corrupt(Task& task, double fraction, RandomStream& stream) {
  const auto count = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(task.n_rows)));
  if (count > 0) require(task.n_classes >= 2, "a wrong label needs a second class");
  std::vector<std::int64_t> order = stream.permutation(task.n_rows);
  order.resize(count);
  for (const std::int64_t row : order) {
    std::int32_t& label = task.labels[static_cast<std::size_t>(row)];
    const std::int64_t shift = 1 + random_label(stream, task.n_classes - 1);  // never a whole turn, hence wrong
    label = static_cast<std::int32_t>((label + shift) % task.n_classes);
  }
}

}  // namespace

void apply_labels(Task& task, const TaskConfig& config) {
  RandomStream stream(static_cast<std::uint64_t>(config.label_seed), StreamPurpose::kLabels);
  switch (config.labels) {
    case LabelKind::kTrue:
      break;
    case LabelKind::kRandom:
      randomize(task, stream);
      task.name += ", random labels";
      break;
    case LabelKind::kRandomCommutative:
      randomize_commutative(task, stream);
      task.name += ", random commutative labels";
      break;
    case LabelKind::kCorrupted:
      task.test_labels = task.labels;
      corrupt(task, config.corrupted_fraction, stream);
      task.name += fmt::format(", {}% of labels corrupted", 100.0 * config.corrupted_fraction);
      return;
  }
  task.test_labels = task.labels;
}

const std::vector<ComponentSpec>& label_specs() {
  static const std::vector<ComponentSpec> specs = {
      {.name = "labels",
       .meaning = "labels other than the true ones, drawn at random",
       .uses = {"task.label_seed"},
       .active = [](const Config& config) { return config.task.labels != LabelKind::kTrue; }},
      {.name = "corrupted labels",
       .meaning = "true labels of which a fraction is replaced",
       .uses = {"task.corrupted_fraction"},
       .active = [](const Config& config) { return config.task.labels == LabelKind::kCorrupted; }}};
  return specs;
}

}  // namespace groklab
