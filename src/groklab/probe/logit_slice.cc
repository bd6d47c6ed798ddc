// See logit_slice.h.
#include "groklab/probe/logit_slice.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "groklab/engine/group_sums.h"

namespace groklab {
namespace {

/// Elements of Z_n in the order of k g mod n (then g, where k divides n): that of one period of frequency k.
std::vector<std::int64_t> in_order_of(std::int64_t k, std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return k * a % n < k * b % n; });
  return order;
}

}  // namespace

LogitSlice logit_slice(Engine& engine, const Task& task, const Split& split, std::int64_t fixed_input) {
  LogitSlice slice;
  slice.fixed_input = fixed_input;
  slice.n_classes = task.n_classes;
  if (task.n_inputs != 2) return slice;
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto at = static_cast<std::size_t>(row);
    if (task.inputs[2 * at] != fixed_input) continue;
    rows.push_back(row);
    const auto y = static_cast<std::size_t>(task.inputs[2 * at + 1]);
    slice.row_names.push_back(y < task.symbol_names.size() ? task.symbol_names[y] : std::to_string(y));
    slice.roles.push_back(split.role[at]);
    slice.labels.push_back(judged_label(task, split, row));
  }
  if (rows.empty()) return slice;
  const std::vector<double> logits = engine.logits(rows);
  const std::int64_t width = engine.logit_columns();
  slice.n_classes = std::min(width, task.n_classes);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto first = logits.begin() + static_cast<std::ptrdiff_t>(row) * width;
    slice.logits.insert(slice.logits.end(), first, first + slice.n_classes);
  }
  return slice;
}

ReorderedLogits reordered_logits(const LogitSlice& slice, const Task& task, const std::optional<TaskGroup>& group,
                                 const ProbeResult& result) {
  ReorderedLogits reordered;
  if (!group || !result.frequencies || result.frequencies->logit_keys.empty()) return reordered;
  if (task.symbol_names.empty() || group->group.name.rfind("C_", 0) != 0 || slice.logits.empty()) return reordered;
  const std::int64_t k = result.frequencies->logit_keys.front() + 1;
  const std::int64_t n = group->group.order;
  const auto symbols_of = [&](const std::vector<std::int32_t>& element_of) {
    std::vector<std::int64_t> symbols;  // in the order of their elements' places
    for (const std::int64_t element : in_order_of(k, n)) {
      const auto found = std::find(element_of.begin(), element_of.end(), static_cast<std::int32_t>(element));
      if (found != element_of.end()) symbols.push_back(found - element_of.begin());
    }
    return symbols;
  };
  const auto name_of = [&](std::int64_t symbol) { return task.symbol_names[static_cast<std::size_t>(symbol)]; };
  reordered.frequency = result.frequencies->names[static_cast<std::size_t>(k - 1)];
  reordered.fixed_input = name_of(slice.fixed_input);
  const std::vector<std::int64_t> classes = symbols_of(group->element_of_class);
  for (const std::int64_t c : classes) reordered.class_names.push_back(name_of(c));
  for (const std::int64_t y : symbols_of(group->element_of_symbol)) {
    const auto row = std::find(slice.row_names.begin(), slice.row_names.end(), name_of(y)) - slice.row_names.begin();
    if (row == static_cast<std::ptrdiff_t>(slice.row_names.size())) continue;  // a row that the task leaves out
    reordered.row_names.push_back(name_of(y));
    const double* logits = slice.logits.data() + row * slice.n_classes;
    const double mean = std::accumulate(logits, logits + slice.n_classes, 0.0) / static_cast<double>(slice.n_classes);
    for (const std::int64_t c : classes) reordered.logits.push_back(logits[c] - mean);
  }
  return reordered;
}

}  // namespace groklab
