// The live line of a training run, and its plain form for files.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "groklab/record/record.h"

namespace groklab {

struct ProgressState {
  std::int64_t step = 0;
  std::int64_t steps = 0;           ///< the last step
  double steps_per_second = 0;      ///< 0: not known yet
  std::span<const Record> records;  ///< so far, ascending
};

/// One line of at most `width` columns. Where there is no room for everything, the bar goes and the rest moves
/// together; on terminals narrower than some 80 columns the least important fields go first: curve, norm, loss, speed,
/// time left, train accuracy.
std::string live_line(const ProgressState& state, std::size_t width);

/// One line about the newest record, without cursor movement or block characters.
std::string plain_line(const ProgressState& state);

/// Whether a plain line is due: first and last step, each doubling of the step, and otherwise every `seconds`.
struct PlainLinePacer {
  double seconds = 10.0;
  std::int64_t last_step = -1;
  double last_time = 0;
  bool due(std::int64_t step, std::int64_t steps, double now);
};

}  // namespace groklab
