// A training state as one opaque block of bytes, for RunState.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "groklab/record/record.h"

namespace groklab {

/// A state and whose it is.
struct OwnedState {
  TrainState state;
  std::string id;               ///< of the run
  bool follows_config = false;  ///< the configuration alone leads to it
};

std::vector<std::byte> state_to_bytes(const OwnedState& state);
/// The inverse. Throws Error(kInput): not such bytes, or those of another version.
OwnedState state_from_bytes(std::span<const std::byte> bytes);

}  // namespace groklab
