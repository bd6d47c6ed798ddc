// The one list of every probe's numbers, in the order of the JSON text that a store holds.
#pragma once

#include "groklab/base/reflect.h"
#include "groklab/probes.h"

namespace groklab {

template <Struct<PartMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("loss", m.loss);
  visit("accuracy", m.accuracy);
  visit("correct_logit", m.correct_logit);
  visit("margin", m.margin);
}
template <Struct<CircuitMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("invariant_train", m.invariant_train);
  visit("invariant_test", m.invariant_test);
  visit("residual_train", m.residual_train);
  visit("residual_test", m.residual_test);
  visit("invariant_norm", m.invariant_norm);
  visit("residual_norm", m.residual_norm);
  visit("invariant_fraction", m.invariant_fraction);
  visit("memorised_strength", m.memorised_strength);
}
template <Struct<BalanceMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("general", m.general);
  visit("general_error", m.general_error);
  visit("memorised", m.memorised);
  visit("memorised_error", m.memorised_error);
  visit("ratio", m.ratio);
  visit("ratio_low", m.ratio_low);
  visit("ratio_high", m.ratio_high);
  visit("general_square", m.general_square);
  visit("memorised_square", m.memorised_square);
  visit("undefined", m.undefined);
}
template <Struct<FrequencyMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("names", m.names);
  visit("logit_fraction", m.logit_fraction);
  visit("embedding_fraction", m.embedding_fraction);
  visit("embedding_gini", m.embedding_gini);
  visit("logit_keys", m.logit_keys);
  visit("embedding_keys", m.embedding_keys);
  visit("restricted_loss", m.restricted_loss);
  visit("excluded_loss", m.excluded_loss);
}
template <Struct<NeuronResult> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("ipr", m.ipr);
  visit("component", m.component);
  visit("norm", m.norm);
}
template <Struct<NeuronMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("count", m.count);
  visit("periodic", m.periodic);
  visit("threshold", m.threshold);
  visit("periodic_norm", m.periodic_norm);
  visit("other_norm", m.other_norm);
  visit("component_fraction", m.component_fraction);
  visit("keys", m.keys);
  visit("each", m.each);
}
template <Struct<TensorResult> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("name", m.name);
  visit("spectral_norm", m.spectral_norm);
  visit("effective_rank", m.effective_rank);
}
template <Struct<GeometryMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("gradient_symmetricity", m.gradient_symmetricity);
  visit("samples", m.samples);
  visit("distance_irrelevance", m.distance_irrelevance);
}
template <Struct<SubnetworkMetrics> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("neurons", m.neurons);
  visit("keep_all", m.keep_all);
  visit("keep_most", m.keep_most);
}
template <Struct<Intervention> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("name", m.name);
  visit("strength", m.strength);
  visit("train_accuracy", m.train_accuracy);
  visit("test_accuracy", m.test_accuracy);
  visit("train_loss", m.train_loss);
  visit("test_loss", m.test_loss);
}
template <Struct<ProbeSection> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("values", m.values);
  visit("lists", m.lists);
}
template <Struct<ProbeResult> S, typename Visit>
void visit_fields(S& m, Visit&& visit) {
  visit("step", m.step);
  visit("circuits", m.circuits);
  visit("balance", m.balance);
  visit("frequencies", m.frequencies);
  visit("neurons", m.neurons);
  visit("weights", m.weights);
  visit("geometry", m.geometry);
  visit("subnetwork", m.subnetwork);
  visit("ablations", m.ablations);
  visit("sections", m.sections);
}

}  // namespace groklab
