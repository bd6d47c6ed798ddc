// See prober.h.
#include "groklab/probe/prober.h"

#include "groklab/base/error.h"
#include "groklab/probe/probe.h"

namespace groklab {

bool probes_fit(const Task& task) { return task.n_rows <= kMaxProbedLogits / task.n_classes; }

Prober::Prober(const ResolvedConfig& config, const Task& task, const Split& split)
    : config_(*config), task_(task), split_(split) {
  if (!probes_fit(task)) {
    fail(ErrorKind::kConfig, "probes: expected a task of at most {} logits (rows x classes), found {} x {} of {}",
         kMaxProbedLogits, task.n_rows, task.n_classes, task.name);
  }
  orbits_ = task_orbits(config->task, task);
  group_ = task_group(config->task, task);
}

ProbeResult Prober::read(Engine& engine, const ProbeSet& set, bool each) const {
  return read(engine, set, each, probe_table());
}

ProbeResult Prober::read(Engine& engine, const ProbeSet& set, bool each,
                         std::span<const ProbeDescriptor* const> table) const {
  ProbeResult result;
  result.step = engine.step();
  ProbeContext context(config_, task_, split_, orbits_, group_, engine);
  const bool embeds = engine.layout().find("embed.W_E") != nullptr;
  const auto applies = [&](const ProbeDescriptor& probe) {
    return set.contains(probe.spec.name) && (group_ || !probe.needs_group) && (orbits_ || !probe.needs_symmetry) &&
           (embeds || !probe.needs_embedding);
  };
  for (const ProbeDescriptor* probe : table) context.wants_neurons |= applies(*probe) && probe->needs_neurons;
  for (const ProbeDescriptor* probe : table) {
    if (applies(*probe)) probe->run(context, result);
  }
  if (result.neurons && !each) result.neurons->each.clear();
  return result;
}

}  // namespace groklab
