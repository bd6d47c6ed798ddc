// See probe_network.h.
#include "groklab/lab/probe_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "groklab/base/error.h"
#include "groklab/lab/logit_slice.h"
#include "groklab/probe/prober.h"

namespace groklab {
namespace {

/// Beyond so many logits (rows x classes; p = 158) a page waits too long for the hundred forward passes of ablations
/// and subnetworks: 4 s here, a minute at p = 389. groklab probe makes them for any size.
constexpr std::int64_t kMaxSweptLogits = 4'000'000;

/// Elements of Z_n in the order of k g mod n (then g, where k divides n): that of one period of frequency k.
std::vector<std::int64_t> in_order_of(std::int64_t k, std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return k * a % n < k * b % n; });
  return order;
}

ReorderedLogits reordered_logits(const PreparedRun& run, const Prober& prober, const ProbeResult& reading,
                                 Engine& engine, std::int64_t fixed_input) {
  ReorderedLogits result;
  const auto& group = prober.group();
  if (!group || !reading.frequencies || reading.frequencies->logit_keys.empty()) return result;
  if (run.task.symbol_names.empty() || group->group.name.rfind("C_", 0) != 0) return result;
  const LogitSlice slice = logit_slice(engine, run.task, run.split, fixed_input);
  if (slice.logits.empty()) return result;
  const std::int64_t k = reading.frequencies->logit_keys.front() + 1;
  const std::int64_t n = group->group.order;
  const auto symbols_of = [&](const std::vector<std::int32_t>& element_of) {
    std::vector<std::int64_t> symbols;  // in the order of their elements' places
    for (const std::int64_t element : in_order_of(k, n)) {
      const auto found = std::find(element_of.begin(), element_of.end(), static_cast<std::int32_t>(element));
      if (found != element_of.end()) symbols.push_back(found - element_of.begin());
    }
    return symbols;
  };
  result.frequency = reading.frequencies->names[static_cast<std::size_t>(k - 1)];
  result.fixed_input = run.task.symbol_names[static_cast<std::size_t>(fixed_input)];
  const std::vector<std::int64_t> classes = symbols_of(group->element_of_class);
  for (const std::int64_t c : classes) result.class_names.push_back(run.task.symbol_names[static_cast<std::size_t>(c)]);
  for (const std::int64_t y : symbols_of(group->element_of_symbol)) {
    const std::string& name = run.task.symbol_names[static_cast<std::size_t>(y)];
    const auto row = std::find(slice.row_names.begin(), slice.row_names.end(), name) - slice.row_names.begin();
    if (row == static_cast<std::ptrdiff_t>(slice.row_names.size())) continue;  // a row that the task leaves out
    result.row_names.push_back(name);
    const double* logits = slice.logits.data() + row * slice.n_classes;
    const double mean = std::accumulate(logits, logits + slice.n_classes, 0.0) / static_cast<double>(slice.n_classes);
    for (const std::int64_t c : classes) result.logits.push_back(logits[c] - mean);
  }
  return result;
}

}  // namespace

std::vector<ProbeResult> probe_checkpoints(Store& store, const std::string& id, const ProbeSet& set, ThreadPool& pool) {
  const PreparedRun run = prepare_stored_run(store, id);
  const auto engine = make_engine(run.config, run.task, run.split, pool);
  const Prober prober(run.config, run.task, run.split);
  const std::vector<CheckpointInfo> checkpoints = store.checkpoints(id);
  if (checkpoints.empty()) fail(ErrorKind::kStore, "run {}: it has no checkpoint to look into", id);
  std::vector<ProbeResult> readings;
  for (const CheckpointInfo& checkpoint : checkpoints) {
    engine->import_state(store.load_checkpoint(id, checkpoint.step, engine->layout()));
    readings.push_back(prober.read(*engine, set, &checkpoint == &checkpoints.back()));
  }
  store.add_probes(id, readings);
  return readings;
}

InsideView inside_view(const Store& store, const PreparedRun& run, Engine& engine, std::int64_t fixed_input) {
  InsideView view;
  if (!probes_fit(run.task)) return view;
  const Prober prober(run.config, run.task, run.split);
  view.over_steps = store.probes(run.id);
  ProbeSet set = parse_probes("all", "probes");
  if (run.task.n_rows > kMaxSweptLogits / run.task.n_classes) set.ablation = set.subnetwork = false;
  view.last = prober.read(engine, set, true);
  view.reordered = reordered_logits(run, prober, *view.last, engine, fixed_input);
  return view;
}

}  // namespace groklab
