// See probe_network.h.
#include "groklab/lab/probe_network.h"

#include <utility>

#include "groklab/base/error.h"
#include "groklab/probe/prober.h"
#include "groklab/run/network_run.h"

namespace groklab {
namespace {

/// Beyond so many logits (rows x classes; p = 158) a page waits too long for the hundred forward passes of ablations
/// and subnetworks: 4 s here, a minute at p = 389. groklab probe makes them for any size.
constexpr std::int64_t kMaxSweptLogits = 4'000'000;
constexpr std::size_t kMaxCircles = 4;

/// Of the embedding's key frequencies, or of the logits' where it has none.
std::vector<EmbeddingCircle> key_circles(const Engine& engine, const PreparedRun& run, const Prober& prober,
                                         const ProbeResult& last) {
  const TensorSpec* embedding = engine.layout().find("embed.W_E");
  if (!last.frequencies || embedding == nullptr) return {};
  std::vector<std::int64_t> keys = last.frequencies->embedding_keys;
  if (keys.empty()) keys = last.frequencies->logit_keys;
  if (keys.size() > kMaxCircles) keys.resize(kMaxCircles);
  for (std::int64_t& key : keys) ++key;  // the first component behind the trivial one is frequency 1
  return embedding_circles(run.task, prober.group(), engine.tensor(*embedding), embedding->shape.back(), keys);
}

}  // namespace

std::vector<ProbeResult> probe_checkpoints(Store& store, const std::string& id, const ProbeSet& set, ThreadPool& pool) {
  PreparedRun run = prepare_stored_run(store, id);
  const NetworkRun network(run.config, std::move(run.task), std::move(run.split), pool);
  const std::vector<CheckpointInfo> checkpoints = store.checkpoints(id);
  if (checkpoints.empty()) fail(ErrorKind::kStore, "run {}: it has no checkpoint to look into", id);
  std::vector<ProbeResult> results;
  for (const CheckpointInfo& checkpoint : checkpoints) {
    network.engine().import_state(store.load_checkpoint(id, checkpoint.step, network.engine().layout()));
    results.push_back(network.prober().read(network.engine(), set, &checkpoint == &checkpoints.back()));
  }
  store.add_probes(id, results);
  store.sync();
  return results;
}

InsideView inside_view(const Store& store, const PreparedRun& run, Engine& engine, std::int64_t fixed_input,
                       bool interventions) {
  InsideView view;
  if (!probes_fit(run.task)) return view;
  const Prober prober(run.config, run.task, run.split);
  view.over_steps = store.probes(run.id);
  ProbeSet set = parse_probes("all", "probes");
  if (!interventions || run.task.n_rows > kMaxSweptLogits / run.task.n_classes) {
    set.remove("ablation");
    set.remove("subnetwork");
  }
  view.last = prober.read(engine, set, true);
  view.reordered =
      reordered_logits(logit_slice(engine, run.task, run.split, fixed_input), run.task, prober.group(), *view.last);
  view.circles = key_circles(engine, run, prober, *view.last);
  view.attention = attention_pattern(engine, run.config, run.task);
  return view;
}

}  // namespace groklab
