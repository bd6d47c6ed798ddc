// See probe_result.h. Each struct lists its fields once; writing and reading walk the same list.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "groklab/probes.h"

namespace groklab {
namespace {

using Json = nlohmann::ordered_json;

template <class F>
void visit(PartMetrics& m, F field) {
  field("loss", m.loss);
  field("accuracy", m.accuracy);
  field("correct_logit", m.correct_logit);
  field("margin", m.margin);
}
template <class F>
void visit(CircuitMetrics& m, F field) {
  field("invariant_train", m.invariant_train);
  field("invariant_test", m.invariant_test);
  field("residual_train", m.residual_train);
  field("residual_test", m.residual_test);
  field("invariant_norm", m.invariant_norm);
  field("residual_norm", m.residual_norm);
  field("invariant_fraction", m.invariant_fraction);
  field("memorised_strength", m.memorised_strength);
}
template <class F>
void visit(FrequencyMetrics& m, F field) {
  field("names", m.names);
  field("logit_fraction", m.logit_fraction);
  field("embedding_fraction", m.embedding_fraction);
  field("embedding_gini", m.embedding_gini);
  field("logit_keys", m.logit_keys);
  field("embedding_keys", m.embedding_keys);
  field("restricted_loss", m.restricted_loss);
  field("excluded_loss", m.excluded_loss);
}
template <class F>
void visit(NeuronResult& m, F field) {
  field("ipr", m.ipr);
  field("component", m.component);
  field("norm", m.norm);
}
template <class F>
void visit(NeuronMetrics& m, F field) {
  field("count", m.count);
  field("periodic", m.periodic);
  field("threshold", m.threshold);
  field("periodic_norm", m.periodic_norm);
  field("other_norm", m.other_norm);
  field("component_fraction", m.component_fraction);
  field("keys", m.keys);
  field("each", m.each);
}
template <class F>
void visit(TensorResult& m, F field) {
  field("name", m.name);
  field("spectral_norm", m.spectral_norm);
  field("effective_rank", m.effective_rank);
}
template <class F>
void visit(GeometryMetrics& m, F field) {
  field("gradient_symmetricity", m.gradient_symmetricity);
  field("samples", m.samples);
  field("distance_irrelevance", m.distance_irrelevance);
}
template <class F>
void visit(SubnetworkMetrics& m, F field) {
  field("neurons", m.neurons);
  field("keep_all", m.keep_all);
  field("keep_most", m.keep_most);
}
template <class F>
void visit(Intervention& m, F field) {
  field("name", m.name);
  field("strength", m.strength);
  field("train_accuracy", m.train_accuracy);
  field("test_accuracy", m.test_accuracy);
  field("train_loss", m.train_loss);
  field("test_loss", m.test_loss);
}
template <class F>
void visit(ProbeResult& m, F field) {
  field("step", m.step);
  field("circuits", m.circuits);
  field("frequencies", m.frequencies);
  field("neurons", m.neurons);
  field("weights", m.weights);
  field("geometry", m.geometry);
  field("subnetwork", m.subnetwork);
  field("ablations", m.ablations);
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
inline constexpr bool kPlain = std::is_arithmetic_v<T> || std::is_same_v<T, std::string>;

template <class T>
Json to_json(T& value) {
  if constexpr (std::is_same_v<T, double>) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
  } else if constexpr (kPlain<T>) {
    return value;
  } else if constexpr (IsVector<T>::value) {
    Json list = Json::array();
    for (auto& item : value) list.push_back(to_json(item));
    return list;
  } else {
    Json object = Json::object();
    visit(value, [&](const char* name, auto& field) {
      using Field = std::remove_reference_t<decltype(field)>;
      if constexpr (IsOptional<Field>::value) {
        if (field) object[name] = to_json(*field);
      } else if constexpr (IsVector<Field>::value) {
        if (!field.empty()) object[name] = to_json(field);  // absent: not asked for
      } else {
        object[name] = to_json(field);
      }
    });
    return object;
  }
}

template <class T>
void from_json(const Json& json, T& value) {
  if constexpr (std::is_same_v<T, double>) {
    value = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  } else if constexpr (kPlain<T>) {
    value = json.get<T>();
  } else if constexpr (IsVector<T>::value) {
    value.clear();
    for (const Json& item : json) from_json(item, value.emplace_back());
  } else {
    visit(value, [&](const char* name, auto& field) {
      using Field = std::remove_reference_t<decltype(field)>;
      if constexpr (IsOptional<Field>::value) {
        if (json.contains(name)) from_json(json.at(name), field.emplace());
      } else if constexpr (IsVector<Field>::value) {
        if (json.contains(name)) from_json(json.at(name), field);
      } else {
        from_json(json.at(name), field);
      }
    });
  }
}

}  // namespace

Json probe_result_to_json(const ProbeResult& reading) {
  ProbeResult copy = reading;
  return to_json(copy);
}

ProbeResult probe_result_from_json(const Json& json) {
  ProbeResult reading;
  from_json(json, reading);
  return reading;
}

}  // namespace groklab
