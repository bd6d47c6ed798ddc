// See probe_fault.h.
#include "groklab/record/probe_fault.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "groklab/record/record.h"

namespace groklab {
namespace {

/// A list may be missing.
template <typename T>
std::string length_fault(const char* name, const std::vector<T>& list, std::size_t expected) {
  if (list.empty() || list.size() == expected) return "";
  return fmt::format("{}: expected {} numbers, found {}", name, expected, list.size());
}

std::string index_fault(const char* name, std::int64_t index, std::int64_t first, std::int64_t end) {
  if (index >= first && index < end) return "";
  return fmt::format("{}: expected {} to {}, found {}", name, first, end - 1, index);
}

std::string keys_fault(const char* name, const std::vector<std::int64_t>& keys, std::size_t components) {
  for (const std::int64_t key : keys) {
    if (std::string fault = index_fault(name, key, 0, static_cast<std::int64_t>(components)); !fault.empty()) {
      return fault;
    }
  }
  return "";
}

std::string first_of(std::initializer_list<std::string> faults) {
  for (const std::string& fault : faults) {
    if (!fault.empty()) return fault;
  }
  return "";
}

std::string frequencies_fault(const FrequencyMetrics& m) {
  const std::size_t n = m.names.size();
  return first_of({length_fault("frequencies.logit_fraction", m.logit_fraction, n),
                   length_fault("frequencies.embedding_fraction", m.embedding_fraction, n),
                   keys_fault("frequencies.logit_keys", m.logit_keys, n),
                   keys_fault("frequencies.embedding_keys", m.embedding_keys, n)});
}

/// `components`: of the same result's frequencies, or as many as the neurons name.
std::string neurons_fault(const NeuronMetrics& m, std::size_t components) {
  if (m.count < 0) return fmt::format("neurons.count: expected at least 0, found {}", m.count);
  std::string fault = first_of({length_fault("neurons.each", m.each, static_cast<std::size_t>(m.count)),
                                length_fault("neurons.component_fraction", m.component_fraction, components),
                                keys_fault("neurons.keys", m.keys, components)});
  for (const NeuronResult& neuron : m.each) {
    if (!fault.empty()) return fault;
    fault = index_fault("neurons.each.component", neuron.component, -1, static_cast<std::int64_t>(components));
    const bool is_active = neuron.ipr > m.threshold;
    if (fault.empty() && is_active && neuron.component < 0) fault = "neurons.each: a periodic neuron has no component";
  }
  return fault;
}

}  // namespace

std::string probe_result_fault(const ProbeResult& result) {
  std::string fault = index_fault("step", result.step, 0, kLastStep + 1);
  if (fault.empty() && result.frequencies) fault = frequencies_fault(*result.frequencies);
  if (fault.empty() && result.neurons) {
    const std::size_t components =
        result.frequencies ? result.frequencies->names.size() : result.neurons->component_fraction.size();
    fault = neurons_fault(*result.neurons, components);
  }
  return fault;
}

}  // namespace groklab
