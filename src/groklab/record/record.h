// What passes from training to the store and the views beside the records: states, and the sink that takes all of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/probes.h"
#include "groklab/records.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Steps of what is stored lie in 0..kLastStep; beyond it arithmetic on them could overflow.
inline constexpr std::int64_t kLastStep = 1'000'000'000'000'000'000;

/// What an optimiser keeps from step to step, one number for each parameter.
struct StateBuffer {
  std::string name;  ///< "adam.m": the optimiser's own
  std::vector<std::byte> bytes;
  bool operator==(const StateBuffer&) const = default;
};

/// Everything a bit-identical resume needs. Buffers have layout.total() elements of `precision`.
struct TrainState {
  Precision precision = Precision::kFloat32;
  std::int64_t step = 0;            ///< updates done in this run
  std::int64_t optimizer_step = 0;  ///< updates that the buffers have seen: step, plus the parent's in a fork
  std::vector<std::byte> parameters;
  std::vector<StateBuffer> buffers;  ///< of the optimiser; in its order, none if it keeps nothing
  double last_gradient_norm = 0;     ///< what a Record at this step needs
  double last_update_norm = 0;
  double last_learning_rate = 0;
  double seconds = 0;

  /// nullptr if there is none of that name.
  const StateBuffer* buffer(std::string_view name) const {
    for (const StateBuffer& buffer : buffers) {
      if (buffer.name == name) return &buffer;
    }
    return nullptr;
  }
};

/// Where training sends what it measures. Implemented by the store, by views and by tests; train/ knows no other.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void on_record(const Record& record) = 0;
  /// After the record of the same step, where probes are asked for.
  virtual void on_probe(const ProbeResult& /*result*/) {}
  /// `kept`: a checkpoint to keep for ever (forks, probes); either kind replaces the last unkept one.
  virtual void on_checkpoint(const TrainState& state, bool kept) = 0;
  virtual void on_outcome(const Outcome& outcome) = 0;
};

}  // namespace groklab
