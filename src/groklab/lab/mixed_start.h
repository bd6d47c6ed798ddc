// Where a run holds both circuits in given shares: the state from which a fork shows which of them gains.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/store/store.h"

namespace groklab {

/// A state counts as mixed in the ratio asked for if its rho is within this factor of it. ln rho rises by about 6 for a
/// factor e in D around 1 (docs/decisions/mixed-starts.md), so that the factor stands for 7 % of D.
inline constexpr double kMixedWithin = 1.5;

/// A stored state and its rho = G / M: the probe `balance`'s, or where that is undefined (no known symmetry, tables
/// too large for probes) the record's form, mean centred correct logit on test rows over training mean - test mean. NaN
/// unless M > 0 and there are test rows.
struct MixedState {
  std::int64_t step = 0;
  double ratio = 0;
};

/// Every stored checkpoint of a run, by step.
std::vector<MixedState> mixed_states(const Store& store, const std::string& id, ThreadPool& pool);

/// The one whose rho is nearest to `ratio` in ln; of two as near, the later. Nothing if no rho is positive.
std::optional<MixedState> nearest_mixture(const std::vector<MixedState>& states, double ratio);

/// The same for a stored run. Throws Error(kInput) with one line that says what was nearest, if no stored state lies
/// within the factor kMixedWithin.
MixedState mixed_start(const Store& store, const std::string& id, double ratio, ThreadPool& pool);

/// The ratio in "balance" (1) or "balance=2"; nothing for other texts. Throws Error(kConfig) unless it is a number
/// above 0.
std::optional<double> parse_balance(const std::string& text);

}  // namespace groklab
