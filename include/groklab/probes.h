// Probes: what can be asked of one state of a network, and the results. Formulas and sources: docs/probes.md.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace groklab {

/// Which probes to run.
struct ProbeSet {
  bool circuits = false;     ///< both circuits in the logits
  bool frequencies = false;  ///< components of logits and embedding, restricted and excluded loss
  bool neurons = false;      ///< neurons that carry one component, and their norm
  bool weights = false;      ///< spectral norms and effective ranks
  bool geometry = false;     ///< gradient symmetricity and distance irrelevance
  bool subnetwork = false;   ///< fewest neurons that keep the predictions
  bool ablation = false;     ///< what scaling one part does to accuracy and loss
};

/// What one part of the logits does on a group of rows. NaN where the group is empty.
struct PartMetrics {
  double loss = 0;           ///< mean cross-entropy of this part alone, nats
  double accuracy = 0;       ///< fraction with argmax = label
  double correct_logit = 0;  ///< mean L[y], the mean over classes removed
  double margin = 0;         ///< mean of L[y] - max_{c != y} L[c]
};

/// Probe `circuits`: the part of the logits that respects the task's symmetry (L_gen) and the rest.
struct CircuitMetrics {
  PartMetrics invariant_train, invariant_test;   ///< of L_gen
  PartMetrics residual_train, residual_test;     ///< of L - L_gen
  double invariant_norm = 0, residual_norm = 0;  ///< Frobenius norms over all rows and classes
  double invariant_fraction = 0;  ///< ||L_gen||^2 / ||L||^2, each row's mean over classes removed; NaN if L = 0
  double memorised_strength = 0;  ///< mean residual correct logit on training rows - on test rows
};

/// Probe `frequencies`: how logits and embedding spread over the components of functions on the task's group: the
/// frequencies 1..p/2 of Z_p, the irreducible representations of other groups. The trivial component is left out.
struct FrequencyMetrics {
  std::vector<std::string> names;          ///< of the components: "14", "[4,1]", ...
  std::vector<double> logit_fraction;      ///< of the squared norm of L_gen, by component; empty: no symmetry is known
  std::vector<double> embedding_fraction;  ///< of the squared norm of the embedding, its mean removed, by component
  double embedding_gini = 0;               ///< of the norms along each basis function: 0 spread evenly, 1 all in one
  std::vector<std::int64_t> logit_keys, embedding_keys;  ///< components with over twice their fair share
  double restricted_loss = 0;  ///< all rows, of the mean logits and what they have of the key components in the label
  double excluded_loss = 0;    ///< training rows, with that part of the key components removed
};

/// One neuron of the last hidden layer.
struct NeuronResult {
  double ipr = 0;               ///< inverse participation ratio over components, mean of both inputs; NaN: never active
  std::int64_t component = -1;  ///< where its response is largest; -1: never active
  double norm = 0;              ///< of its incoming and outgoing weights and its bias together
};

/// Probe `neurons`: which neurons carry one component, and how much norm they hold.
struct NeuronMetrics {
  std::int64_t count = 0;
  std::int64_t periodic = 0;               ///< neurons with ipr above the threshold
  double threshold = 0;                    ///< of ipr
  double periodic_norm = 0;                ///< root of the sum of their squared norms: P_gen
  double other_norm = 0;                   ///< of the rest: P_mem
  std::vector<double> component_fraction;  ///< fraction of the periodic neurons' squared norm, by component
  std::vector<std::int64_t> keys;          ///< components with over twice their fair share
  std::vector<NeuronResult> each;          ///< [count], or empty where it was not asked for
};

/// Probe `weights`: one tensor as a matrix [inputs, outputs] (heads side by side).
struct TensorResult {
  std::string name;
  double spectral_norm = 0;   ///< largest singular value
  double effective_rank = 0;  ///< exp of the entropy of the singular values over their sum
};

/// Probe `geometry`: clock or pizza.
struct GeometryMetrics {
  double gradient_symmetricity = 0;  ///< mean cosine of d L[c] / d E[x] and d L[c] / d E[y]
  std::int64_t samples = 0;          ///< triples (x, y, c) behind it
  double distance_irrelevance = 0;   ///< spread of correct logits at equal distance of the inputs / over all; NaN
};

/// Probe `subnetwork`: fewest hidden neurons, in order of their norms, that keep the predictions.
struct SubnetworkMetrics {
  std::int64_t neurons = 0;    ///< of all layers
  std::int64_t keep_all = 0;   ///< fewest for the same prediction on every row
  std::int64_t keep_most = 0;  ///< on 99 % of them
};

/// Both groups of rows, for a network that something was done to.
struct Intervention {
  std::string name;
  double strength = 0;  ///< the factor on the part that is scaled; 0: removed
  double train_accuracy = 0, test_accuracy = 0;
  double train_loss = 0, test_loss = 0;  ///< cross-entropy, nats
};

/// Everything that was asked for, at one step.
struct ProbeResult {
  std::int64_t step = 0;
  std::optional<CircuitMetrics> circuits;
  std::optional<FrequencyMetrics> frequencies;
  std::optional<NeuronMetrics> neurons;
  std::vector<TensorResult> weights;
  std::optional<GeometryMetrics> geometry;
  std::optional<SubnetworkMetrics> subnetwork;
  std::vector<Intervention> ablations;  ///< probe `ablation`: for each part, strengths from 0 to 2
};

/// JSON has no NaN: it is null.
nlohmann::ordered_json probe_result_to_json(const ProbeResult& reading);
/// Throws nlohmann::json::exception if the text is not such a reading.
ProbeResult probe_result_from_json(const nlohmann::ordered_json& json);

}  // namespace groklab
