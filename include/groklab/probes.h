// Probes: what can be asked of one state of a network, and the results. Formulas and sources: docs/probes.md.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// Which probes to run, by name, in the order of `groklab probe --help`.
struct ProbeSet {
  std::vector<std::string> names;  ///< each once

  /// Whether a probe of this name is asked for.
  bool contains(std::string_view name) const {
    for (const std::string& known : names) {
      if (known == name) return true;
    }
    return false;
  }
  /// Asks for it no longer.
  void remove(std::string_view name) { std::erase(names, name); }
};

/// The probes named in a comma-separated list, or "all". Throws Error(kConfig) that lists the names.
ProbeSet probe_set(const std::string& names);

/// What one part of the logits does on a group of rows. NaN where the group is empty.
struct PartMetrics {
  double loss = 0;           ///< mean cross-entropy of this part alone, nats
  double accuracy = 0;       ///< fraction with L[y] > L[c] for every other c: a tie is wrong, as in records
  double correct_logit = 0;  ///< mean L[y], the mean over classes removed
  double margin = 0;         ///< mean of L[y] - max_{c != y} L[c]
};

/// Probe `circuits`: the part of the logits that respects the task's symmetry (L_gen) and the rest.
struct CircuitMetrics {
  PartMetrics invariant_train;    ///< of L_gen on training rows
  PartMetrics invariant_test;     ///< of L_gen on test rows
  PartMetrics residual_train;     ///< of L - L_gen on training rows
  PartMetrics residual_test;      ///< of L - L_gen on test rows
  double invariant_norm = 0;      ///< Frobenius norm of L_gen over all rows and classes
  double residual_norm = 0;       ///< Frobenius norm of L - L_gen over all rows and classes
  double invariant_fraction = 0;  ///< ||L_gen||^2 / ||L||^2, each row's mean over classes removed; NaN if L = 0
  double memorised_strength = 0;  ///< mean residual correct logit on training rows - on test rows
};

/// Probe `balance`: how much of the correct logit every row has (G) and training rows have on top (M). Logits are
/// centred: each row's mean over classes removed. All numbers are NaN where `undefined` says why.
struct BalanceMetrics {
  double general = 0;           ///< G: mean correct logit that test rows of the orbits show
  double general_error = 0;     ///< its standard error
  double memorised = 0;         ///< M: mean over training rows of the trained label's logit - what test rows show there
  double memorised_error = 0;   ///< its standard error
  double ratio = 0;             ///< rho = G / M; NaN unless M > 0
  double ratio_low = 0;         ///< Fieller's interval of 95 %; NaN: no bound below
  double ratio_high = 0;        ///< the same; NaN: no bound above
  double general_square = 0;    ///< sum over classes of squared G(orbit), mean over rows, noise subtracted: may be < 0
  double memorised_square = 0;  ///< the same of training mean - test mean by orbit; of random labels it holds nothing
  std::string undefined;        ///< why there is no balance, in words; empty where there is
};

/// Probe `frequencies`: how logits and embedding spread over the components of functions on the task's group: the
/// frequencies 1..p/2 of Z_p, the irreducible representations of other groups. The trivial component is left out.
struct FrequencyMetrics {
  std::vector<std::string> names;          ///< of the components: "14", "[4,1]", ...
  std::vector<double> logit_fraction;      ///< of the squared norm of L_gen, by component; empty: no symmetry is known
  std::vector<double> embedding_fraction;  ///< of the squared norm of the embedding, its mean removed, by component
  double embedding_gini = 0;               ///< of the norms along each basis function: 0 spread evenly, 1 all in one
  std::vector<std::int64_t> logit_keys;    ///< of the logits: components with over twice their fair fraction
  std::vector<std::int64_t> embedding_keys;  ///< of the embedding: the same
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
  std::int64_t count = 0;                  ///< of the last hidden layer
  std::int64_t periodic = 0;               ///< neurons with ipr above the threshold
  double threshold = 0;                    ///< of ipr
  double periodic_norm = 0;                ///< root of the sum of their squared norms: P_gen
  double other_norm = 0;                   ///< of the rest: P_mem
  std::vector<double> component_fraction;  ///< fraction of the periodic neurons' squared norm, by component
  std::vector<std::int64_t> keys;          ///< components with over twice their fair fraction
  std::vector<NeuronResult> each;          ///< [count], or empty where it was not asked for
};

/// Probe `weights`: one tensor as a matrix [inputs, outputs] (heads side by side).
struct TensorResult {
  std::string name;           ///< of the tensor
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
  std::string name;           ///< the part that is scaled
  double strength = 0;        ///< the factor on the part that is scaled; 0: removed
  double train_accuracy = 0;  ///< fraction of training rows
  double test_accuracy = 0;   ///< fraction of test rows
  double train_loss = 0;      ///< mean cross-entropy of training rows, nats
  double test_loss = 0;       ///< the same of test rows
};

/// What a probe without a struct of its own measured: numbers and lists of numbers by name.
struct ProbeSection {
  std::map<std::string, double> values;              ///< numbers by name
  std::map<std::string, std::vector<double>> lists;  ///< lists of numbers by name
};

/// Everything that was asked for, at one step.
struct ProbeResult {
  std::int64_t step = 0;                         ///< of the state
  std::optional<CircuitMetrics> circuits;        ///< probe `circuits`
  std::optional<BalanceMetrics> balance;         ///< probe `balance`
  std::optional<FrequencyMetrics> frequencies;   ///< probe `frequencies`
  std::optional<NeuronMetrics> neurons;          ///< probe `neurons`
  std::vector<TensorResult> weights;             ///< probe `weights`
  std::optional<GeometryMetrics> geometry;       ///< probe `geometry`
  std::optional<SubnetworkMetrics> subnetwork;   ///< probe `subnetwork`
  std::vector<Intervention> ablations;           ///< probe `ablation`: for each part, strengths from 0 to 2
  std::map<std::string, ProbeSection> sections;  ///< of other probes, by the probe's name
};

/// JSON has no NaN: it is null.
nlohmann::ordered_json probe_result_to_json(const ProbeResult& result);
/// Throws nlohmann::json::exception if the text is not such a result.
ProbeResult probe_result_from_json(const nlohmann::ordered_json& json);

}  // namespace groklab
