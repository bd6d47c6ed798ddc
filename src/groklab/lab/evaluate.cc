// See evaluate.h.
#include "groklab/lab/evaluate.h"

#include <algorithm>

#include "groklab/lab/loaded_network.h"

namespace groklab {
namespace {

Evaluation evaluation_of(const LoadedNetwork& network) {
  const Record record = network.engine->measure();
  Evaluation result;
  result.config = *network.run->config;
  result.task_name = network.run->task.name;
  result.n_parameters = network.engine->layout().parameter_count();
  result.step = network.step;
  result.all = combine_groups(record.train, record.test);
  result.has_split = network.has_split;
  result.train = record.train;
  result.test = record.test;
  result.norm = record.norm;
  return result;
}

}  // namespace

GroupMetrics combine_groups(const GroupMetrics& a, const GroupMetrics& b) {
  if (a.rows == 0) return b;
  if (b.rows == 0) return a;
  GroupMetrics both;
  both.rows = a.rows + b.rows;
  const double fraction = static_cast<double>(a.rows) / static_cast<double>(both.rows);
  const auto mean = [&](double x, double y) { return fraction * x + (1.0 - fraction) * y; };
  both.loss = mean(a.loss, b.loss);
  // Counts, not shares, are added: all rows right must give exactly 1.
  const double right = static_cast<double>(a.rows) * a.accuracy + static_cast<double>(b.rows) * b.accuracy;
  both.accuracy = right / static_cast<double>(both.rows);
  both.correct_logit = mean(a.correct_logit, b.correct_logit);
  both.correct_logit_centred = mean(a.correct_logit_centred, b.correct_logit_centred);
  both.margin = mean(a.margin, b.margin);
  both.margin_min = std::min(a.margin_min, b.margin_min);
  both.softmax_collapse = mean(a.softmax_collapse, b.softmax_collapse);
  return both;
}

Evaluation evaluate_weights(const std::string& path, const std::optional<Config>& base,
                            const std::vector<std::string>& assignments, ThreadPool& pool) {
  return evaluation_of(load_weights(path, base, assignments, pool));
}

Evaluation evaluate_run(const Store& store, const std::string& id, const std::string& at,
                        const std::vector<std::string>& assignments, ThreadPool& pool) {
  return evaluation_of(load_run(store, id, at, assignments, pool));
}

}  // namespace groklab
