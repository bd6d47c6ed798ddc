// See evaluate.h.
#include "groklab/lab/evaluate.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include "groklab/base/error.h"
#include "groklab/config/fields.h"
#include "groklab/engine/engine.h"
#include "groklab/lab/foreign_weights.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/lab/run_state.h"
#include "groklab/store/safetensors.h"

namespace groklab {
namespace {

std::string key_of(const std::string& assignment) {
  std::string key = assignment.substr(0, assignment.find('='));
  key.erase(std::remove(key.begin(), key.end(), ' '), key.end());
  return key;
}

Evaluation evaluation_of(Engine& engine, const Config& config, const Task& task, bool has_split) {
  const Record record = engine.measure();
  Evaluation result;
  result.config = config;
  result.task_name = task.name;
  result.n_parameters = engine.layout().parameter_count();
  result.step = record.step;
  result.all = combine_groups(record.train, record.test);
  result.has_split = has_split;
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
  const double share = static_cast<double>(a.rows) / static_cast<double>(both.rows);
  const auto mean = [&](double x, double y) { return share * x + (1.0 - share) * y; };
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

Evaluation evaluate_weights(const std::string& path, const Config& base, const std::vector<std::string>& assignments,
                            ThreadPool& pool) {
  const TensorFile file = read_safetensors(path);
  Config config = base;
  std::set<std::string> fixed;
  bool has_split = false;
  for (const std::string& assignment : assignments) {
    set_config_value(config, assignment);
    fixed.insert(key_of(assignment));
    has_split = has_split || assignment.rfind("split.", 0) == 0;
  }
  config = infer_model(file, path, config, fixed);
  // Before the config's own checks: what contradicts the file is said in the file's words.
  if (const auto size = task_size(config.task)) check_vocabulary(config, *size, path);
  if (!has_split) {  // every row is a training row: the record's train group is then the whole table
    config.split = SplitConfig{};
    config.split.train_fraction = 1.0;
  }
  const PreparedRun run = prepare_run(config, nullptr);
  check_vocabulary(config, {run.task.n_symbols, run.task.n_classes}, path);  // a user's table is known only now
  const auto engine = make_engine(run.config, run.task, run.split, pool);
  engine->initialise();
  load_tensors(*engine, file, path);
  return evaluation_of(*engine, run.config, run.task, has_split);
}

Evaluation evaluate_run(const Store& store, const std::string& id, const std::string& at,
                        const std::vector<std::string>& assignments, ThreadPool& pool) {
  const PreparedRun run = prepare_stored_run(store, id);
  const StateContext context = {store, pool, nullptr, {}};
  const TrainState state = *state_at(run, parse_step(at, store, id), context);
  const auto own_engine = make_engine(run.config, run.task, run.split, pool);
  if (assignments.empty()) {
    own_engine->import_state(state);
    return evaluation_of(*own_engine, run.config, run.task, true);
  }
  own_engine->import_state(state);
  Config changed = run.config;
  for (const std::string& assignment : assignments) set_config_value(changed, assignment);
  const PreparedRun other = prepare_run(changed, &store);
  const auto engine = make_engine(other.config, other.task, other.split, pool);
  engine->initialise();
  for (const TensorSpec& spec : engine->layout().tensors()) {
    const TensorSpec* from = own_engine->layout().find(spec.name);
    if (from == nullptr || from->shape != spec.shape) {
      fail(ErrorKind::kConfig, "eval: expected a network of the stored run's shape, found {} changed", spec.name);
    }
    engine->set_tensor(spec, own_engine->tensor(*from));
  }
  Evaluation result = evaluation_of(*engine, other.config, other.task, true);
  result.step = state.step;
  return result;
}

}  // namespace groklab
