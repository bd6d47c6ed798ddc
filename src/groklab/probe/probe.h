// A probe as a descriptor: its name and help, what it costs, what it measures and how it is printed. Adding a probe is
// its source file, its test and a line in components/table.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config/component.h"
#include "groklab/config/probe_set.h"
#include "groklab/engine/engine.h"
#include "groklab/probe/circuit_split.h"
#include "groklab/probe/task_group.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// One state of a network and what several probes need of it, computed when first asked for.
class ProbeContext {
 public:
  ProbeContext(const Config& config, const Task& task, const Split& split, const std::optional<SymmetryOrbits>& orbits,
               const std::optional<TaskGroup>& group, Engine& engine)
      : config(config), task(task), split(split), orbits(orbits), group(group), engine(engine) {}

  const Config& config;  ///< resolved
  const Task& task;
  const Split& split;
  const std::optional<SymmetryOrbits>& orbits;  ///< of the task's symmetry, if one is known
  const std::optional<TaskGroup>& group;        ///< behind the task, if there is one
  Engine& engine;                               ///< a probe leaves its weights as they were
  bool wants_neurons = false;                   ///< some probe asked for needs neurons(): one pass gives both

  /// Of all rows, [n_rows, n_classes].
  const std::vector<double>& logits();
  /// Their invariant component, of the same shape; empty without a known symmetry.
  const std::vector<double>& invariant();
  /// Activations of the last hidden layer, [n_rows, neurons].
  const std::vector<double>& neurons();
  /// With one result per neuron. Needs a group.
  const NeuronMetrics& neuron_metrics();

 private:
  void forward(bool with_neurons);

  std::optional<std::vector<double>> logits_, invariant_, neurons_;
  std::optional<NeuronMetrics> neuron_metrics_;
};

/// A line of text about a result.
struct ProbeLine {
  std::string probe;  ///< "circuits", ...
  std::string name;
  std::string value;
};

struct ProbeDescriptor {
  ComponentSpec spec;  ///< choice: kProbesKey; name, meaning, and keys of its own
  const char* cost;    ///< one phrase for help
  bool needs_neurons = false;
  bool needs_group = false;      ///< left out for tasks without a group
  bool needs_symmetry = false;   ///< left out for tasks without a known symmetry
  bool needs_embedding = false;  ///< left out for networks that embed nothing
  /// Writes what it measured into its member of ProbeResult, or into sections[name].
  void (*run)(ProbeContext& context, ProbeResult& result);
  /// What of it people read first; nothing if it was not asked for. nullptr: every value of its section.
  std::vector<ProbeLine> (*lines)(const ProbeResult& result) = nullptr;
};

/// The explicit table (components/table.cc), in the order of help and output.
const std::vector<const ProbeDescriptor*>& probe_table();

/// The component of a probe.
ComponentSpec probe_component(const char* name, const char* meaning, std::vector<Field> keys = {});

}  // namespace groklab
