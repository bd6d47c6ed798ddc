// All probes of one run: what does not change is computed once, then any state of the engine is measured.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "groklab/config.h"
#include "groklab/config/probe_set.h"
#include "groklab/engine/engine.h"
#include "groklab/probe/circuit_split.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/task_group.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// Most logits (rows x classes) that probes take: they hold some 40 bytes for each, 2.6 GB in all. x + y modulo 400
/// and S_5 fit, S_6 does not.
inline constexpr std::int64_t kMaxProbedLogits = 64'000'000;
bool probes_fit(const Task& task);

class Prober {
 public:
  /// `task` and `split` outlive it. Throws Error(kConfig) unless probes_fit(task).
  Prober(const ResolvedConfig& config, const Task& task, const Split& split);

  /// Reads the engine's present parameters, which stay as they are. What the task has no structure for is left out:
  /// circuits without a known symmetry; frequencies, neurons, geometry and ablation without a group (parity, users'
  /// tables). `each`: with one result per neuron.
  ProbeResult read(Engine& engine, const ProbeSet& set, bool each) const;
  /// The same for another table than probe_table().
  ProbeResult read(Engine& engine, const ProbeSet& set, bool each, std::span<const ProbeDescriptor* const> table) const;

  const std::optional<SymmetryOrbits>& orbits() const { return orbits_; }
  const std::optional<TaskGroup>& group() const { return group_; }

 private:
  const Config config_;
  const Task& task_;
  const Split& split_;
  std::optional<SymmetryOrbits> orbits_;
  std::optional<TaskGroup> group_;
};

}  // namespace groklab
