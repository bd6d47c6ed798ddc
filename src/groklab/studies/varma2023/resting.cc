// See resting.h.
#include "groklab/studies/varma2023/resting.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/analysis/curves.h"

namespace groklab::studies::varma2023 {

RestingState resting_state(const RunResults& results, const PlannedPoint& point) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (!results.has(point.run)) return {point.seed, point.rows, none, none, none, none, false};
  const Record& last = results.last(point.run);
  return {point.seed,
          point.rows,
          last.train.accuracy,
          last.test.accuracy,
          last.objective,
          groklab::general_fraction(last),
          results.stationarity(point.run).stationary};
}

std::vector<RestingState> resting_states(const RunResults& results, const std::vector<PlannedPoint>& points) {
  std::vector<RestingState> states;
  for (const PlannedPoint& point : points) states.push_back(resting_state(results, point));
  return states;
}

std::int64_t count_restless(const std::vector<RestingState>& states) {
  return std::count_if(states.begin(), states.end(), [](const RestingState& s) { return !s.stationary; });
}

double at_rest(const std::vector<RestingState>& states, std::int64_t seed, std::int64_t rows,
               double RestingState::*value) {
  for (const RestingState& s : states) {
    if (s.seed == seed && s.rows == rows && s.stationary) return s.*value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

CensoredValue log_midpoint(std::int64_t group, const std::vector<RestingState>& states, std::int64_t seed, double floor,
                           double RestingState::*value) {
  std::vector<double> rows, heights;
  for (const RestingState& s : states) {
    if (s.seed != seed || !s.stationary || !std::isfinite(s.*value)) continue;
    rows.push_back(static_cast<double>(s.rows));
    heights.push_back(std::clamp(s.*value, floor, 1.0));
  }
  if (rows.size() < 2) return {group};
  const Transition t = fit_transition(rows, heights, floor);
  if (t.below) return {group, -std::numeric_limits<double>::infinity(), std::log(rows.front())};
  if (t.above) return {group, std::log(rows.back()), std::numeric_limits<double>::infinity()};
  return exact_value(group, std::log(t.midpoint));
}

}  // namespace groklab::studies::varma2023
