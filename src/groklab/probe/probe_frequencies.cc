// Probe `frequencies`: how logits and embedding spread over the components of functions on the task's group.
#include "groklab/probe/frequencies.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"

namespace groklab {
namespace {

void run_frequencies(ProbeContext& context, ProbeResult& result) {
  const TensorSpec& embedding = context.engine.layout().at("embed.W_E");
  result.frequencies = measure_frequencies(*context.group, context.task, context.split, context.logits(),
                                           context.invariant(), context.engine.tensor(embedding), embedding.shape[1]);
}

std::vector<ProbeLine> frequency_lines(const ProbeResult& result) {
  if (!result.frequencies) return {};
  const FrequencyMetrics& m = *result.frequencies;
  const char* p = "frequencies";
  std::vector<ProbeLine> lines;
  if (!m.logit_fraction.empty()) lines.push_back({p, "keys of the logits", component_list(m.logit_keys, m.names)});
  lines.push_back({p, "keys of the embedding", component_list(m.embedding_keys, m.names)});
  lines.push_back({p, "Gini coefficient of the embedding's spectrum", probe_number(m.embedding_gini)});
  lines.push_back({p, "restricted loss (keys only, all rows)", probe_number(m.restricted_loss)});
  lines.push_back({p, "excluded loss (without keys, training rows)", probe_number(m.excluded_loss)});
  return lines;
}

}  // namespace

const ProbeDescriptor& frequencies_probe() {
  static const ProbeDescriptor probe = {
      .spec =
          probe_component("frequencies", "components of logits and embedding, key ones, restricted and excluded loss"),
      .cost = "a forward pass over all rows",
      .needs_group = true,
      .needs_embedding = true,
      .run = run_frequencies,
      .lines = frequency_lines};
  return probe;
}

}  // namespace groklab
