// See probe_text.h.
#include "groklab/view/probe_text.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/base/join.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "none"; }
std::string fraction(double value) { return std::isfinite(value) ? format_fraction(value) : "none"; }

/// "a on training rows, b on test rows", or a alone.
std::string both(double train, double test, std::string (*text)(double)) {
  if (!std::isfinite(test)) return text(train) + " on all rows";
  return fmt::format("{} on training rows, {} on test rows", text(train), text(test));
}

std::vector<ReadingLine> circuit_lines(const CircuitMetrics& m) {
  const char* p = "circuits";
  return {{p, "fraction of the logits that respects the symmetry", fraction(m.invariant_fraction)},
          {p, "C_mem's strength: its correct logit, training less test rows", number(m.memorised_strength)},
          {p, "correct logit of C_gen", both(m.invariant_train.correct_logit, m.invariant_test.correct_logit, number)},
          {p, "accuracy of C_gen alone", both(m.invariant_train.accuracy, m.invariant_test.accuracy, fraction)},
          {p, "accuracy of the rest alone", both(m.residual_train.accuracy, m.residual_test.accuracy, fraction)},
          {p, "loss of C_gen alone", both(m.invariant_train.loss, m.invariant_test.loss, number)},
          {p, "loss of the rest alone", both(m.residual_train.loss, m.residual_test.loss, number)}};
}

std::vector<ReadingLine> frequency_lines(const FrequencyMetrics& m) {
  const char* p = "frequencies";
  std::vector<ReadingLine> lines;
  if (!m.logit_fraction.empty()) lines.push_back({p, "keys of the logits", component_list(m.logit_keys, m.names)});
  lines.push_back({p, "keys of the embedding", component_list(m.embedding_keys, m.names)});
  lines.push_back({p, "Gini coefficient of the embedding's spectrum", number(m.embedding_gini)});
  lines.push_back({p, "restricted loss (keys only, all rows)", number(m.restricted_loss)});
  lines.push_back({p, "excluded loss (without keys, training rows)", number(m.excluded_loss)});
  return lines;
}

std::vector<ReadingLine> neuron_lines(const NeuronMetrics& m, const std::vector<std::string>& names) {
  const char* p = "neurons";
  std::vector<ReadingLine> lines = {
      {p, fmt::format("periodic neurons (inverse participation ratio above {})", m.threshold),
       fmt::format("{} of {}", m.periodic, m.count)},
      {p, "norm of periodic neurons, of others", fmt::format("{}, {}", number(m.periodic_norm), number(m.other_norm))}};
  if (!names.empty()) lines.push_back({p, "keys of periodic neurons", component_list(m.keys, names)});
  return lines;
}

}  // namespace

std::string component_list(const std::vector<std::int64_t>& keys, const std::vector<std::string>& names) {
  std::vector<std::string> words;
  for (const std::int64_t k : keys) words.push_back(names[static_cast<std::size_t>(k)]);
  if (words.empty()) return "none";
  if (words.size() > 12) {
    const std::size_t more = words.size() - 12;
    words.resize(12);
    return fmt::format("{} and {} more", join(words, ", "), more);
  }
  return join(words, ", ");
}

std::vector<ReadingLine> reading_lines(const ProbeResult& r) {
  std::vector<ReadingLine> lines;
  const auto add = [&](const std::vector<ReadingLine>& more) { lines.insert(lines.end(), more.begin(), more.end()); };
  if (r.circuits) add(circuit_lines(*r.circuits));
  if (r.frequencies) add(frequency_lines(*r.frequencies));
  if (r.neurons) add(neuron_lines(*r.neurons, r.frequencies ? r.frequencies->names : std::vector<std::string>{}));
  for (const TensorResult& t : r.weights) {
    add({{"weights", t.name,
          fmt::format("spectral norm {}, effective rank {}", number(t.spectral_norm), number(t.effective_rank))}});
  }
  if (r.geometry) {
    add({{"geometry", "gradient symmetricity (near 1: pizza)",
          fmt::format("{} over {} samples", number(r.geometry->gradient_symmetricity), r.geometry->samples)},
         {"geometry", "distance irrelevance (near 0: pizza)", number(r.geometry->distance_irrelevance)}});
  }
  if (r.subnetwork) {
    add({{"subnetwork", "fewest neurons that keep all predictions, 99 % of them",
          fmt::format("{}, {} of {}", r.subnetwork->keep_all, r.subnetwork->keep_most, r.subnetwork->neurons)}});
  }
  for (const Intervention& i : r.ablations) {
    if (i.strength != 0) continue;
    add({{"ablation", "accuracy without " + i.name, both(i.train_accuracy, i.test_accuracy, fraction)}});
  }
  return lines;
}

}  // namespace groklab
